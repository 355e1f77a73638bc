package io.millrace.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.image.Decoding.Decoded;
import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.Decoding.Rejected;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

    // 20 x 17 pixels, written by Pillow 12.3.0.
    private static final String JPEG_420 =
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQY"
                    + "GBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYa"
                    + "KCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAAR"
                    + "CAARABQDASIAAhEBAxEB/8QAGAABAQEBAQAAAAAAAAAAAAAAAAYHBAX/xAAmEAABAQcDBAMA"
                    + "AAAAAAAAAAAAAQIEBQYiMaEDEkETISM1YXSy/8QAGAEAAgMAAAAAAAAAAAAAAAAABAYBBQf/"
                    + "xAAjEQABAgUDBQAAAAAAAAAAAAABAAIDBAURcQYSMSEzNUGR/9oADAMBAAIRAxEAPwDFYZLl"
                    + "qMFZDJctRguoZLlqMFZDJctRgGbHU0KucdVnzvLniSgGrvDq4Q9pjSfNTp6is7kTY0va3CfC"
                    + "gLaYrhcNNsJ5OsZGEdkSYYHDkFwB+XXPDOCshnABTMWJUL0vFnn2jv8AXZ/TQAG+S7DcJP1D"
                    + "5KNlf//Z";
    private static final String JPEG_CMYK =
            "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAu"
                    + "KS0sMzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUGBKUVJP/8AAFAgAEQAUBEMRAE0RAFkRAEsR"
                    + "AP/EABgAAQEBAQEAAAAAAAAAAAAAAAAGBQcE/8QAKRAAAQIDBgUFAAAAAAAAAAAAAAEEAgMF"
                    + "ERUhMTJiBhMiQUIHIzZ0sv/aAA4EQwBNAFkASwAAPwCOo8vSR1y7SKasssDpxd0eXpFy7TZa"
                    + "sssAWTWX7CC5dpqS2XQmAOOUeXpOi3LtPK1ZZYAu6PL0i5dpsNWWWANp9xLRKJMltao95E6O"
                    + "BJkMPKjithVVS22FFTNFFy7TVlsuhMAcwo/iU5itewLuj+INlr2BHeq3yNp9KD9xg1JehAf/"
                    + "2Q==";
    private static final String JPEG_GRAY =
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQY"
                    + "GBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/wAALCAARABQBAREA/8QAFwAB"
                    + "AQEBAAAAAAAAAAAAAAAABgUEB//EACYQAAADBwIHAAAAAAAAAAAAAAABBQIDBAYiMaESQRMh"
                    + "IzVhdLL/2gAIAQEAAD8A4qmS5ajAWJkuWowEsPLnSKgVUyXLUYCxMly1GBWiIWAT2mHUY84b"
                    + "w2dRFoaPlbYvBjOmbBYmbCLPPdIf12fpof/Z";

    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

    @Test
    void decode_equalsPillow_whenJpegIsSubsampledGrayOrCmyk() throws Exception {
        assertThat(sha256(decoded(base64(JPEG_420)).rgb()))
                .isEqualTo("9ee9174e98acffc6004504efa1e1625d3e0e796c9389b9c9bf20f20f4cbd6185");
        assertThat(sha256(decoded(base64(JPEG_GRAY)).rgb()))
                .isEqualTo("bf2aa9ad65e4c46d65b43b29e18e0de864b60810ecca6b6058c4f94838d9175f");
        assertThat(sha256(decoded(base64(JPEG_CMYK)).rgb()))
                .isEqualTo("572019ed481df734ca87f4436a84963f2063189b7bfb257d9c13833139e5f264");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif"})
    void decode_returnsThePixels_whenFormatIsLossless(String format) {
        BufferedImage picture = new BufferedImage(5, 7, BufferedImage.TYPE_INT_RGB);
        byte[] expected = new byte[5 * 7 * 3];
        for (int i = 0; i < 35; i++) {
            Color color = new Color(i * 7, 255 - i * 5, i % 4 * 80);
            picture.setRGB(i % 5, i / 5, color.getRGB());
            expected[3 * i] = (byte) color.getRed();
            expected[3 * i + 1] = (byte) color.getGreen();
            expected[3 * i + 2] = (byte) color.getBlue();
        }

        RgbImage image = decoded(encode(format.equals("gif") ? indexed(picture) : picture, format));

        assertThat(image.width()).isEqualTo(5);
        assertThat(image.height()).isEqualTo(7);
        assertThat(image.rgb()).isEqualTo(expected);
    }

    @Test
    void decode_returnsThePixels_whenGifIsInterlacedAndShort() {
        BufferedImage picture = new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(1, 1, 0xff0000);
        picture.setRGB(2, 2, 0x00ff00);

        byte[] rgb = decoded(encode(indexed(picture), "gif")).rgb();

        assertThat(rgb[3 * (5 + 1)]).isEqualTo((byte) 255);
        assertThat(rgb[3 * (10 + 2) + 1]).isEqualTo((byte) 255);
    }

    @Test
    void decode_dropsAlpha_whenPngHasOne() {
        BufferedImage picture = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        picture.setRGB(0, 0, 0x11_40_80_c0);

        assertThat(decoded(encode(picture, "png")).rgb())
                .containsExactly(0x40, (byte) 0x80, (byte) 0xc0);
    }

    @Test
    void decode_keepsLevels_whenPngIsGray() {
        BufferedImage picture = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
        for (int level = 0; level < 256; level++) {
            picture.getRaster().setSample(level, 0, 0, level);
        }

        byte[] rgb = decoded(encode(picture, "png")).rgb();

        for (int i = 0; i < rgb.length; i++) {
            assertThat(rgb[i] & 0xff).isEqualTo(i / 3);
        }
    }

    @Test
    void decode_keepsTheHighByte_whenPngHas16Bits() {
        BufferedImage picture = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        picture.getRaster().setSample(0, 0, 0, 0x12ff);
        picture.getRaster().setSample(1, 0, 0, 0xfe00);

        assertThat(decoded(encode(picture, "png")).rgb())
                .containsExactly(0x12, 0x12, 0x12, (byte) 0xfe, (byte) 0xfe, (byte) 0xfe);
    }

    @Test
    void decode_rejectsAsEmpty_whenThereAreNoBytes() {
        assertThat(rejected(new byte[0]).reason()).isEqualTo(Reason.EMPTY);
    }

    @ParameterizedTest
    @CsvSource({
        "hello world, NOT_AN_IMAGE",
        "<html></html>, NOT_AN_IMAGE",
        "RIFFxxxxWEBPVP8 , TRUNCATED",
        "xxxxftypavifmif1, UNSUPPORTED_FORMAT",
        "BM, TRUNCATED",
        "GIF89a, TRUNCATED"
    })
    void decode_rejectsByName_whenBytesAreText(String text, Reason reason) {
        assertThat(rejected(text.getBytes(StandardCharsets.ISO_8859_1)).reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 20, 200, 300, 380, 420})
    void decode_rejectsAsTruncated_whenJpegIsCut(int length) {
        assertThat(rejected(Arrays.copyOf(base64(JPEG_420), length)).reason())
                .isEqualTo(Reason.TRUNCATED);
    }

    @Test
    void decode_rejectsAsTruncated_whenPngIsCut() {
        byte[] png = encode(new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB), "png");

        assertThat(rejected(Arrays.copyOf(png, png.length - 20)).reason())
                .isEqualTo(Reason.TRUNCATED);
    }

    @Test
    void decode_rejectsAsCorrupt_whenPngFailsItsCheckSum() {
        byte[] png = encode(new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB), "png");
        png[29] ^= 1;

        assertThat(rejected(png).detail()).contains("IHDR").contains("check sum");
    }

    @Test
    void decode_rejectsAsTooLarge_whenJpegClaims65500Pixels() {
        byte[] jpeg = base64(JPEG_420);
        int frame = 0;
        while ((jpeg[frame] & 0xff) != 0xff || (jpeg[frame + 1] & 0xff) != 0xc0) {
            frame++;
        }
        for (int side = frame + 5; side < frame + 9; side += 2) {
            jpeg[side] = (byte) (65500 >> 8);
            jpeg[side + 1] = (byte) 65500;
        }

        assertThat(rejected(jpeg).reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(rejected(jpeg).detail()).contains("65500x65500");
    }

    @Test
    void decode_rejectsAsTooLarge_whenGifOf35BytesClaimsGigabytes() {
        byte[] gif =
                HexFormat.of()
                        .parseHex(
                                "474946383961ffffffff800000000000ffffff"
                                        + "2c00000000ffffffff000202440100003b");

        assertThat(rejected(gif).reason()).isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void decode_rejectsAsTooManyBytes_whenLimitIsExceeded() {
        ImageDecoder strict = new ImageDecoder(new ImageLimits(437, 100, 100));

        assertThat(strict.decode(base64(JPEG_420)))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        it -> assertThat(it.reason()).isEqualTo(Reason.TOO_MANY_BYTES));
    }

    /** Single bytes of valid files changed, seed 7: any outcome, no exception, no lasting harm. */
    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif", "bmp"})
    void decode_returnsAnOutcome_whenBytesAreChanged(String format) {
        byte[] valid =
                format.equals("jpeg")
                        ? base64(JPEG_420)
                        : encode(
                                indexed(new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB)),
                                format);
        byte[] pixels = decoded(valid).rgb();
        Random random = new Random(7);
        int rejected = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] changed = valid.clone();
            for (int change = 0; change <= i % 3; change++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            rejected += decoder.decode(changed) instanceof Rejected ? 1 : 0;
        }

        assertThat(rejected).isBetween(20, 1000);
        assertThat(decoded(valid).rgb()).isEqualTo(pixels);
    }

    private RgbImage decoded(byte[] encoded) {
        Decoding decoding = decoder.decode(encoded);
        assertThat(decoding).isInstanceOf(Decoded.class);
        return ((Decoded) decoding).image();
    }

    private Rejected rejected(byte[] encoded) {
        Decoding decoding = decoder.decode(encoded);
        assertThat(decoding).isInstanceOf(Rejected.class);
        return (Rejected) decoding;
    }

    /** With a palette: the picture's first colours, at most 256. */
    private static BufferedImage indexed(BufferedImage picture) {
        int[] colours =
                picture.getRGB(
                        0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        int[] palette = Arrays.copyOf(Arrays.stream(colours).distinct().toArray(), 256);
        var model =
                new java.awt.image.IndexColorModel(
                        8, 256, palette, 0, false, -1, java.awt.image.DataBuffer.TYPE_BYTE);
        BufferedImage indexed =
                new BufferedImage(
                        picture.getWidth(),
                        picture.getHeight(),
                        BufferedImage.TYPE_BYTE_INDEXED,
                        model);
        for (int i = 0; i < colours.length; i++) {
            for (int index = 0; index < palette.length; index++) {
                if (palette[index] == colours[i]) {
                    indexed.getRaster()
                            .setSample(i % picture.getWidth(), i / picture.getWidth(), 0, index);
                    break;
                }
            }
        }
        return indexed;
    }

    private static byte[] encode(BufferedImage picture, String format) {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        try {
            assertThat(ImageIO.write(picture, format, encoded)).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return encoded.toByteArray();
    }

    private static byte[] base64(String text) {
        return Base64.getDecoder().decode(text);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
