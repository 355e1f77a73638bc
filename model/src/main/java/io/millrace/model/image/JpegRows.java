package io.millrace.model.image;

import java.awt.image.Raster;

/**
 * The components of a JPEG that the JDK has read, row by row, as libjpeg-turbo makes them.
 *
 * <p>Where a component has half the rows and all columns, libjpeg-turbo interpolates
 * (h1v2_fancy_upsample in jdsample.c) and the libjpeg 6b of most JDKs repeats each row. Whether the
 * JDK repeated them shows: a component whose rows are equal two by two was repeated, or it is so
 * even that interpolation changes nothing. If (3a + b + 1) / 4 and (3a + c + 2) / 4, b above and c
 * below a, give the same, and the first row has itself above it, then both give a for one row after
 * the other.
 */
final class JpegRows {

    private final Raster raster;
    private final int bands;
    private final int halved;
    private final int[] near;

    /**
     * @param halved one bit for each component, the first the lowest: whether it has all columns
     *     and half the rows
     */
    JpegRows(Raster raster, int halved) {
        this.raster = raster;
        bands = raster.getNumBands();
        near = new int[raster.getWidth() * bands];
        this.halved = isRepeated(halved) ? halved : 0;
    }

    int width() {
        return raster.getWidth();
    }

    int height() {
        return raster.getHeight();
    }

    int bands() {
        return bands;
    }

    /** All components of a row, interleaved, from 0 to 255, into an array of that length. */
    int[] row(int y, int[] row) {
        raster.getPixels(0, y, width(), 1, row);
        if (halved == 0) {
            return row;
        }
        boolean upper = y % 2 == 0;
        int neighbour = Math.max(0, Math.min(height() - 1, upper ? y - 1 : y + 1));
        raster.getPixels(0, neighbour, width(), 1, near);
        int rounding = upper ? 1 : 2;
        for (int band = 0; band < bands; band++) {
            if ((halved >> band & 1) != 0) {
                for (int i = band; i < row.length; i += bands) {
                    row[i] = (3 * row[i] + near[i] + rounding) >> 2;
                }
            }
        }
        return row;
    }

    private boolean isRepeated(int components) {
        if (components == 0) {
            return false;
        }
        int[] upper = new int[near.length];
        for (int y = 0; y + 1 < height(); y += 2) {
            raster.getPixels(0, y, width(), 1, upper);
            raster.getPixels(0, y + 1, width(), 1, near);
            for (int i = 0; i < near.length; i++) {
                if ((components >> (i % bands) & 1) != 0 && upper[i] != near[i]) {
                    return false;
                }
            }
        }
        return true;
    }
}
