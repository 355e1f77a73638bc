package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import java.awt.image.Raster;

/**
 * From a JPEG's four stored components to RGB: libjpeg's conversion of YCCK to CMYK (jdcolor.c),
 * then Pillow's of CMYK to RGB (Convert.c).
 */
final class CmykPixels {

    private CmykPixels() {}

    static RgbImage rgb(Raster raster, boolean ycck, boolean inverted) throws RejectedException {
        if (raster.getNumBands() != 4) {
            throw new RejectedException(
                    Reason.CORRUPT, "a CMYK JPEG of " + raster.getNumBands() + " components");
        }
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] rgb = new byte[3 * width * height];
        int[] row = new int[4 * width];
        int to = 0;
        for (int y = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int from = 0; from < row.length; from += 4, to += 3) {
                if (ycck) {
                    toCmyk(row, from);
                }
                toRgb(row, from, inverted ? 255 : 0, rgb, to);
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** In place: Y, Cb, Cr to the complements of R, G, B, in libjpeg's 16-bit fixed point. */
    private static void toCmyk(int[] row, int at) {
        int y = row[at];
        int cb = row[at + 1] - 128;
        int cr = row[at + 2] - 128;
        row[at] = clip(255 - (y + ((91881 * cr + 32768) >> 16)));
        row[at + 1] = clip(255 - (y + ((-22554 * cb - 46802 * cr + 32768) >> 16)));
        row[at + 2] = clip(255 - (y + ((116130 * cb + 32768) >> 16)));
    }

    private static void toRgb(int[] row, int from, int mask, byte[] rgb, int to) {
        int white = 255 - (row[from + 3] ^ mask);
        for (int c = 0; c < 3; c++) {
            int product = (row[from + c] ^ mask) * white + 128;
            rgb[to + c] = (byte) clip(white - (((product >> 8) + product) >> 8));
        }
    }

    private static int clip(int level) {
        return Math.max(0, Math.min(255, level));
    }
}
