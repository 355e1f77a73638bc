package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;

/** From a JPEG's three stored components to RGB: libjpeg's conversion of YCbCr (jdcolor.c). */
final class YccPixels {

    private static final int BANDS = 3;

    private YccPixels() {}

    /** Of YCbCr, or of RGB as it is. */
    static RgbImage rgb(JpegRows rows, boolean ycc) throws RejectedException {
        if (rows.bands() != BANDS) {
            throw new RejectedException(
                    Reason.CORRUPT, "a colour JPEG of " + rows.bands() + " components");
        }
        int length = BANDS * rows.width();
        byte[] rgb = new byte[length * rows.height()];
        int[] row = new int[length];
        for (int y = 0; y < rows.height(); y++) {
            rows.row(y, row);
            for (int at = 0; ycc && at < length; at += BANDS) {
                toRgb(row, at);
            }
            for (int i = 0; i < length; i++) {
                rgb[y * length + i] = (byte) row[i];
            }
        }
        return new RgbImage(rows.width(), rows.height(), rgb);
    }

    /** In place: Y, Cb, Cr to R, G, B, in libjpeg's 16-bit fixed point. */
    static void toRgb(int[] row, int at) {
        int y = row[at];
        int cb = row[at + 1] - 128;
        int cr = row[at + 2] - 128;
        row[at] = clip(y + ((91881 * cr + 32768) >> 16));
        row[at + 1] = clip(y + ((-22554 * cb - 46802 * cr + 32768) >> 16));
        row[at + 2] = clip(y + ((116130 * cb + 32768) >> 16));
    }

    private static int clip(int level) {
        return Math.max(0, Math.min(255, level));
    }
}
