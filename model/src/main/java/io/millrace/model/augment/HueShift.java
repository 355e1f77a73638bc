package io.millrace.model.augment;

/**
 * Hue turned in Pillow's 8-bit HSV (Convert.c), whose every rounding is kept.
 *
 * <p>Forward, saturation and hue come from tables filled by Pillow's float formulas. Backward, with
 * s and v of 255 and rem the position within a sixth of the circle, Pillow's floats round to p =
 * round(v (255 - s) / 255) and x = round(v (65025 - s rem) / 65025), computed here in integers.
 */
final class HueShift {

    /** Saturation of a maximum (high byte) and a range (low byte). */
    private static final byte[] SATURATION = saturation();

    /**
     * Hue by the order of the components (three bits), and by the range (maximum - minimum) and the
     * distance of the middle one from the maximum, as a triangle, so that small ranges, of which
     * photographs are full, lie close together.
     */
    private static final byte[] HUE = hue();

    /**
     * Of each hue: rem in its sixth, turned around in every other so that one formula serves (bits
     * 0 to 7), and where among v, x and p, at bits 0, 8 and 16, red (bits 8 to 12), green (16 to
     * 20) and blue (24 to 28) are found.
     */
    private static final int[] SIXTHS = sixths();

    private final int[] shifted = new int[256];

    /** Adds a shift, in 256ths of a turn, to every pixel's hue. */
    void apply(Planes planes, int shift) {
        for (int h = 0; h < 256; h++) {
            shifted[h] = SIXTHS[(h + shift) & 255];
        }
        apply(planes.red, planes.green, planes.blue, shifted);
    }

    private static void apply(int[] red, int[] green, int[] blue, int[] sixths) {
        for (int i = 0; i < red.length; i++) {
            int r = red[i];
            int g = green[i];
            int b = blue[i];
            int v = Math.max(r, Math.max(g, b));
            int range = v - Math.min(r, Math.min(g, b));
            int middle = r + g + b - v - (v - range);
            int sixth = sixths[HUE[hueIndex(r, g, b, range, v - middle)] & 255];
            int s = SATURATION[(v << 8) | range] & 255;
            int p = ((v * (255 - s) + 128) * 257) >> 16;
            int x = (v * (65025 - s * (sixth & 255)) + 32512) / 65025;
            int vxp = v | (x << 8) | (p << 16);
            red[i] = (vxp >> (sixth >> 8)) & 255;
            green[i] = (vxp >> (sixth >> 16)) & 255;
            blue[i] = (vxp >> (sixth >> 24)) & 255;
        }
    }

    /** The order is three bits: r < g, g < b, b < r. */
    private static int hueIndex(int r, int g, int b, int range, int belowMaximum) {
        int order = ((r - g) >>> 31) | (((g - b) >>> 31) << 1) | (((b - r) >>> 31) << 2);
        return (order << 16) | (((range * (range + 1)) >> 1) + belowMaximum);
    }

    private static int[] sixths() {
        int[] red = {0, 8, 16, 16, 8, 0};
        int[] green = {8, 0, 0, 8, 16, 16};
        int[] blue = {16, 16, 8, 0, 0, 8};
        int[] table = new int[256];
        for (int h = 0; h < 256; h++) {
            int sixth = h * 6 / 255;
            int rem = h * 6 % 255;
            int turned = sixth % 2 == 0 ? 255 - rem : rem;
            int i = sixth % 6;
            table[h] = turned | (red[i] << 8) | (green[i] << 16) | (blue[i] << 24);
        }
        return table;
    }

    private static byte[] saturation() {
        byte[] table = new byte[1 << 16];
        for (int v = 1; v < 256; v++) {
            for (int range = 0; range <= v; range++) {
                table[(v << 8) | range] = (byte) (int) ((float) range / v * 255.0);
            }
        }
        return table;
    }

    private static byte[] hue() {
        byte[] table = new byte[1 << 19];
        for (int range = 1; range < 256; range++) {
            for (int middle = 0; middle <= range; middle++) {
                int[][] permutations = {
                    {range, middle, 0}, {range, 0, middle}, {middle, range, 0},
                    {middle, 0, range}, {0, range, middle}, {0, middle, range}
                };
                for (int[] rgb : permutations) {
                    int at = hueIndex(rgb[0], rgb[1], rgb[2], range, range - middle);
                    table[at] = (byte) hue(rgb[0], rgb[1], rgb[2], range);
                }
            }
        }
        return table;
    }

    /** As in colorsys, in the mixture of float and double that Pillow's C implies. */
    private static int hue(int r, int g, int b, int range) {
        float rc = (float) (range - r) / range;
        float gc = (float) (range - g) / range;
        float bc = (float) (range - b) / range;
        float h;
        if (r == range) {
            h = bc - gc;
        } else if (g == range) {
            h = (float) (2.0 + rc - bc);
        } else {
            h = (float) (4.0 + gc - rc);
        }
        h = (float) ((h / 6.0 + 1.0) % 1.0);
        return Math.min(255, (int) (h * 255.0));
    }
}
