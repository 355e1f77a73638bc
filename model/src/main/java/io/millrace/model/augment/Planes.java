package io.millrace.model.augment;

/**
 * A square picture under way: red, green and blue apart, 0 to 255 in ints, row by row.
 *
 * <p>Ints and flat planes because C2 vectorises loops over them: one index for all arrays, no
 * narrowing.
 */
final class Planes {

    final int side;
    final int[] red;
    final int[] green;
    final int[] blue;

    Planes(int side) {
        this.side = side;
        red = new int[side * side];
        green = new int[side * side];
        blue = new int[side * side];
    }

    int size() {
        return side * side;
    }

    /** Luma of ITU-R 601 as Pillow rounds it: (19595 R + 38470 G + 7471 B + 32768) >> 16. */
    void luma(int[] target) {
        luma(target, red, green, blue);
    }

    private static void luma(int[] target, int[] red, int[] green, int[] blue) {
        for (int i = 0; i < target.length; i++) {
            target[i] = (19595 * red[i] + 38470 * green[i] + 7471 * blue[i] + 32768) >> 16;
        }
    }

    /** Writes 8-bit RGB, interleaved, from that place on; mirrored left to right if flipped. */
    void interleave(boolean flip, byte[] target, int at) {
        if (flip) {
            mirror(target, at);
        } else {
            interleave(target, at, red, green, blue);
        }
    }

    /** As {@link #interleave}, in an array of its own. */
    byte[] interleaved(boolean flip) {
        byte[] rgb = new byte[3 * size()];
        interleave(flip, rgb, 0);
        return rgb;
    }

    private static void interleave(byte[] rgb, int at, int[] red, int[] green, int[] blue) {
        int to = at;
        for (int i = 0; i < red.length; i++) {
            rgb[to] = (byte) red[i];
            rgb[to + 1] = (byte) green[i];
            rgb[to + 2] = (byte) blue[i];
            to += 3;
        }
    }

    private void mirror(byte[] rgb, int at) {
        int from = 0;
        for (int y = 0; y < side; y++) {
            int first = at + 3 * side * y;
            for (int to = first + 3 * side - 3; to >= first; to -= 3) {
                rgb[to] = (byte) red[from];
                rgb[to + 1] = (byte) green[from];
                rgb[to + 2] = (byte) blue[from];
                from++;
            }
        }
    }
}
