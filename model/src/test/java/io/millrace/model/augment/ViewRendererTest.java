package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.augment.ViewParameters.Operation;
import io.millrace.model.image.RgbImage;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Stages against Pillow 12.3.0 on a picture made by a formula: 13 x 9 pixels, byte i of it (7 i^2 +
 * 13 i + 31 (i / 8)) mod 256. Expected bytes are Pillow's: {@code crop}, {@code resize(BILINEAR)},
 * {@code ImageEnhance}, the HSV round trip of torchvision's adjust_hue, {@code GaussianBlur},
 * {@code ImageOps.mirror}, {@code convert("L")}, in the order of the tests.
 */
@Tag("parity")
class ViewRendererTest {

    private static final RgbImage PICTURE = picture();

    private final ViewRenderer renderer = new ViewRenderer(4);

    @BeforeEach
    void crop() {
        renderer.crop(PICTURE, new Box(1, 2, 7, 10));
    }

    @Test
    void crop_equalsPillow_whenReducing() {
        assertPixels(
                "5e8b83668f606c8b72897e7177618064818d8e946c638a828661689d71839a9db451979195744ac8"
                        + "a377959988785775");
    }

    @Test
    void crop_equalsPillow_whenEnlarging() {
        renderer.crop(PICTURE, new Box(2, 3, 3, 2));

        assertPixels(
                "988d718b8371706e716363716d6470706e817583a1788db04a4f756058848c689fa270ad3c567e62"
                        + "4679ad276ed31769");
    }

    @Test
    void crop_equalsPillow_whenBoxesFollowEachOther() {
        renderer.crop(PICTURE, new Box(0, 0, 9, 13));
        renderer.crop(PICTURE, new Box(0, 0, 1, 1));
        renderer.crop(PICTURE, new Box(1, 2, 7, 10));

        assertPixels(
                "5e8b83668f606c8b72897e7177618064818d8e946c638a828661689d71839a9db451979195744ac8"
                        + "a377959988785775");
    }

    @Test
    void adjust_equalsPillow_afterEachOperation() {
        renderer.adjust(List.of(new Adjustment(Operation.SATURATION, 1.3)));
        assertPixels(
                "548f845f9457668e6e8b7d6c7a5e865d83928e95615b8d838d5d66a56c83989cba429d959d723bd1"
                        + "a1689499837e537a");

        renderer.adjust(List.of(new Adjustment(Operation.BRIGHTNESS, 0.7)));
        assertPixels(
                "3a645c42673c47634d61574b55415d415b666368433f625b624147734b5b6a6d822e6d686d4f2992"
                        + "7048676b5b583a55");

        renderer.adjust(List.of(new Adjustment(Operation.CONTRAST, 1.4)));
        assertPixels(
                "2d685c386c303f664763554553375e375b6a666d3934655b65373f7d455b7074921c746d744a15a8"
                        + "78406c715b572d53");

        renderer.adjust(List.of(new Adjustment(Operation.HUE, -0.08)));
        assertPixels(
                "2d683f556c304a663f63474540375e376a616d5b393465436537557d45767085921c7443741c15a8"
                        + "4541716c5b472d57");
    }

    @Test
    void blurAndFlip_equalPillow_whenPictureIsColoured() {
        jitter();
        renderer.blur(0.9);

        assertPixels(
                "3d5d454a64435260425457434a4d52535b5454624e476048653d4d6b505b5f635f43625378323680"
                        + "474b6b585a4d4f57");
        assertThat(HexFormat.of().formatHex(renderer.pixels(true)))
                .isEqualTo(
                        "5457435260424a64433d5d4547604854624e535b544a4d524362535f635f6b505b653d4d4d4f576b"
                                + "585a80474b783236");
    }

    @Test
    void grayscale_equalsPillow_andBlursAsThreePlanesDo() {
        jitter();
        renderer.grayscale();

        assertPixels(
                "5252525e5e5e5959594f4f4f3e3e3e5a5a5a5d5d5d5252524848485b5b5b80808054545436363662"
                        + "62626c6c6c3a3a3a");
        Planes planes = new Planes(4);
        byte[] gray = renderer.pixels(false);
        for (int i = 0; i < 16; i++) {
            planes.red[i] = gray[3 * i] & 0xff;
            planes.green[i] = planes.red[i];
            planes.blue[i] = planes.red[i];
        }
        new GaussianBlur(4).apply(planes, 1.7);
        renderer.blur(1.7);
        assertThat(renderer.pixels(false)).isEqualTo(planes.interleaved(false)).isNotEqualTo(gray);
    }

    /** Pillow: ImageOps.solarize. */
    @Test
    void solarize_invertsTheUpperHalf() {
        renderer.solarize();

        assertPixels(
                "5e747c6670606c7472767e7177617f647e72716b6c63757d79616862717c65624b51686e6a744a37"
                        + "5c776a6677785775");
    }

    @Test
    void blur_isEvenlySpread_whenRadiusExceedsThePicture() {
        renderer.blur(1e6);

        byte[] pixels = renderer.pixels(false);
        for (int c = 0; c < 3; c++) {
            for (int i = c; i < pixels.length; i += 3) {
                assertThat(pixels[i] & 0xff)
                        .isBetween((pixels[c] & 0xff) - 1, (pixels[c] & 0xff) + 1);
            }
        }
    }

    private void jitter() {
        renderer.adjust(
                List.of(
                        new Adjustment(Operation.SATURATION, 1.3),
                        new Adjustment(Operation.BRIGHTNESS, 0.7),
                        new Adjustment(Operation.CONTRAST, 1.4),
                        new Adjustment(Operation.HUE, -0.08)));
    }

    private void assertPixels(String expected) {
        assertThat(HexFormat.of().formatHex(renderer.pixels(false))).isEqualTo(expected);
    }

    private static RgbImage picture() {
        byte[] rgb = new byte[13 * 9 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (7 * i * i + 13 * i + 31 * (i / 8));
        }
        return new RgbImage(13, 9, rgb);
    }
}
