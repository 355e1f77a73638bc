package io.millrace.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows as libjpeg 6b leaves them, whatever the libjpeg of the JDK that runs this. */
class JpegRowsTest {

    // Of three stored rows; the ends have themselves beyond them.
    private static final int[] STORED = {10, 50, 250};
    private static final int[] INTERPOLATED = {10, 20, 40, 100, 200, 250};

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void row_interpolates_whenTheDecoderRepeatedRows(int height) {
        WritableRaster raster = raster(height);
        for (int y = 0; y < height; y++) {
            raster.setPixel(0, y, new int[] {y, STORED[y / 2], 7 * y});
        }

        JpegRows rows = new JpegRows(raster, 0b010);

        int stored = (height + 1) / 2;
        for (int y = 0; y < height; y++) {
            // Without a row below, the last one stored is its own neighbour.
            int expected = y == 2 * stored - 1 ? STORED[stored - 1] : INTERPOLATED[y];
            assertThat(rows.row(y, new int[3])).containsExactly(y, expected, 7 * y);
        }
    }

    @Test
    void row_isAsRead_whenTheDecoderInterpolated() {
        WritableRaster raster = raster(6);
        for (int y = 0; y < 6; y++) {
            raster.setPixel(0, y, new int[] {0, INTERPOLATED[y], 0});
        }

        assertThat(column(new JpegRows(raster, 0b010), 6)).containsExactly(INTERPOLATED);
    }

    @Test
    void row_isAsRead_whenNoComponentHasHalfTheRows() {
        WritableRaster raster = raster(6);
        for (int y = 0; y < 6; y++) {
            raster.setPixel(0, y, new int[] {0, STORED[y / 2], 0});
        }

        assertThat(column(new JpegRows(raster, 0), 6)).containsExactly(10, 10, 50, 50, 250, 250);
    }

    /** Interpolated rows that are equal two by two look repeated: again changes nothing. */
    @Test
    void row_isTheSameForBothDecoders_whenRowsDifferLittle() {
        for (int code = 0; code < 7 * 7 * 7 * 7; code++) {
            int[] stored = {code % 7, code / 7 % 7, code / 49 % 7, code / 343};
            WritableRaster raster = raster(8);
            for (int y = 0; y < 8; y++) {
                raster.setPixel(0, y, new int[] {0, stored[y / 2], 0});
            }
            int[] once = column(new JpegRows(raster, 0b010), 8);
            for (int y = 0; y < 8; y++) {
                raster.setPixel(0, y, new int[] {0, once[y], 0});
            }

            assertThat(column(new JpegRows(raster, 0b010), 8)).containsExactly(once);
        }
    }

    private static WritableRaster raster(int height) {
        return Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 1, height, 3, null);
    }

    private static int[] column(JpegRows rows, int height) {
        int[] column = new int[height];
        for (int y = 0; y < height; y++) {
            column[y] = rows.row(y, new int[3])[1];
        }
        return column;
    }
}
