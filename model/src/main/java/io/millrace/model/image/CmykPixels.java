package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;

/**
 * From a JPEG's four stored components to RGB: libjpeg's conversion of YCCK to CMYK (jdcolor.c),
 * then Pillow's of CMYK to RGB (Convert.c). Pillow takes every CMYK JPEG for an inverted one, as
 * Adobe writes them.
 */
final class CmykPixels {

    private static final int BANDS = 4;

    private CmykPixels() {}

    static RgbImage rgb(JpegRows rows, boolean ycck) throws RejectedException {
        if (rows.bands() != BANDS) {
            throw new RejectedException(
                    Reason.CORRUPT, "a CMYK JPEG of " + rows.bands() + " components");
        }
        int width = rows.width();
        byte[] rgb = new byte[3 * width * rows.height()];
        int[] row = new int[BANDS * width];
        for (int y = 0; y < rows.height(); y++) {
            toRgb(rows.row(y, row), ycck, rgb, y * 3 * width);
        }
        return new RgbImage(width, rows.height(), rgb);
    }

    /** From four bytes a pixel, row by row. */
    static byte[] rgb(byte[] stored, int width, int height, boolean ycck) {
        byte[] rgb = new byte[3 * width * height];
        int[] row = new int[BANDS * width];
        for (int y = 0; y < height; y++) {
            for (int i = 0; i < row.length; i++) {
                row[i] = stored[y * row.length + i] & 0xff;
            }
            toRgb(row, ycck, rgb, y * 3 * width);
        }
        return rgb;
    }

    private static void toRgb(int[] row, boolean ycck, byte[] rgb, int begin) {
        int to = begin;
        for (int from = 0; from < row.length; from += BANDS, to += 3) {
            if (ycck) {
                toCmyk(row, from);
            }
            int white = row[from + 3];
            for (int c = 0; c < 3; c++) {
                int product = (255 - row[from + c]) * white + 128;
                rgb[to + c] = (byte) clip(white - (((product >> 8) + product) >> 8));
            }
        }
    }

    /** In place: Y, Cb, Cr to the complements of R, G, B. */
    private static void toCmyk(int[] row, int at) {
        YccPixels.toRgb(row, at);
        for (int i = at; i < at + 3; i++) {
            row[i] = 255 - row[i];
        }
    }

    private static int clip(int level) {
        return Math.max(0, Math.min(255, level));
    }
}
