package io.millrace.model.augment;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Pixels of 8-bit RGB in an int each: red at bits 0 to 7, green at 8 to 15, blue at 16 to 23.
 *
 * <p>What turns a picture moves all three at once this way, and loops over rows take them apart
 * again, which C2 vectorises.
 */
final class Packed {

    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int TILE = 16;

    private Packed() {}

    /** The pixel whose red is at that place of interleaved bytes. */
    static int load(byte[] rgb, int at) {
        if (at + Integer.BYTES <= rgb.length) {
            return (int) INTS.get(rgb, at) & 0xffffff;
        }
        return (rgb[at] & 255) | ((rgb[at + 1] & 255) << 8) | ((rgb[at + 2] & 255) << 16);
    }

    /** Levels of the channel that begins at that bit. */
    static void unpack(int[] packed, int shift, int[] levels) {
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (packed[i] >> shift) & 255;
        }
    }

    /** Rows into columns. */
    static void transpose(int[][] rows, int[][] columns) {
        int count = columns.length;
        for (int tile = 0; tile < count; tile += TILE) {
            int end = Math.min(count, tile + TILE);
            for (int x = 0; x < rows.length; x++) {
                int[] row = rows[x];
                for (int y = tile; y < end; y++) {
                    columns[y][x] = row[y];
                }
            }
        }
    }
}
