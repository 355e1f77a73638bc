package io.millrace.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.image.Decoding.Decoded;
import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.Decoding.Rejected;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageLimitsTest {

    private static final int MOST_PIXELS = 100;

    /** 16 bits of four channels are 8 bytes a pixel: half as many are allowed. */
    @ParameterizedTest
    @CsvSource({"16, 7, true", "16, 8, false", "8, 10, true", "8, 11, false"})
    void decode_rejectsAsTooLarge_byWhatAPngsPixelsTake(int bits, int side, boolean fits)
            throws IOException {
        int type = bits == 16 ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE;
        var colours = ColorSpace.getInstance(ColorSpace.CS_sRGB);
        var model = new ComponentColorModel(colours, true, false, Transparency.TRANSLUCENT, type);
        var raster = model.createCompatibleWritableRaster(side, side);
        var encoded = new ByteArrayOutputStream();
        assertThat(ImageIO.write(new BufferedImage(model, raster, false, null), "png", encoded))
                .isTrue();
        try (var decoder = new ImageDecoder(new ImageLimits(1 << 20, MOST_PIXELS, MOST_PIXELS))) {

            Decoding decoding = decoder.decode(encoded.toByteArray());

            if (fits) {
                assertThat(decoding).isInstanceOf(Decoded.class);
            } else {
                assertThat(((Rejected) decoding).reason()).isEqualTo(Reason.TOO_LARGE);
            }
        }
    }
}
