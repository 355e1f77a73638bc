package io.millrace.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.model.image.Decoding.Decoded;
import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.Decoding.Rejected;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class NativeDecodersTest {

    /** 3 x 2 pixels, (10 k, 255 - 20 k, k k) for k from 0 to 5, lossless, by Pillow 12.3.0. */
    private static final String WEBP =
            "UklGRjIAAABXRUJQVlA4TCUAAAAvAkAAAC9w9v9RUNi2DQqLg/mPUNIslw9q2jZgQ51/OTWi/zG9AA==";

    @Test
    void decode_returnsThePixels_whenWebpIsLossless() {
        assumeTrue(NativeCodecs.system().webp(), "libwebp is absent; install libwebp7");
        byte[] expected = new byte[18];
        for (int k = 0; k < 6; k++) {
            expected[3 * k] = (byte) (10 * k);
            expected[3 * k + 1] = (byte) (255 - 20 * k);
            expected[3 * k + 2] = (byte) (k * k);
        }

        try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
            assertThat(decoder.decode(Base64.getDecoder().decode(WEBP)))
                    .isInstanceOfSatisfying(
                            Decoded.class, it -> assertThat(it.image().rgb()).isEqualTo(expected));
        }
    }

    @Test
    void decode_rejectsByName_whenThereIsNoLibwebp() {
        try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, NativeCodecs.NONE)) {
            assertThat(decoder.decode(Base64.getDecoder().decode(WEBP)))
                    .isInstanceOfSatisfying(
                            Rejected.class,
                            it -> {
                                assertThat(it.reason()).isEqualTo(Reason.UNSUPPORTED_FORMAT);
                                assertThat(it.detail()).contains("WebP").contains("libwebp7");
                            });
        }
    }

    /** Readers keep tables; the views of a record must not depend on the record before it. */
    @Test
    void decode_takesNoTables_fromTheFileBefore() throws IOException {
        byte[] whole = jpeg();
        byte[] without = jpeg();
        for (int i = 0; i + 1 < without.length; i++) {
            if (without[i] == (byte) 0xff && without[i + 1] == (byte) 0xdb) {
                without[i + 1] = (byte) 0xfe; // quantisation tables become a comment
            }
        }

        for (NativeCodecs codecs : List.of(NativeCodecs.system(), NativeCodecs.NONE)) {
            try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, codecs)) {
                assertThat(decoder.decode(whole)).isInstanceOf(Decoded.class);
                assertThat(decoder.decode(without))
                        .isInstanceOfSatisfying(
                                Rejected.class,
                                it -> assertThat(it.reason()).isEqualTo(Reason.CORRUPT));
            }
        }
    }

    private static byte[] jpeg() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(20, 17, BufferedImage.TYPE_INT_RGB), "jpeg", out);
        return out.toByteArray();
    }
}
