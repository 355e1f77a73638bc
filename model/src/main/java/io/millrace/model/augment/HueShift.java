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
     * 0 to 7), and which of v and x red (bits 29 and 28), green (27 and 26) and blue (25 and 24)
     * take; p without either.
     */
    private static final int[] SIXTHS = sixths();

    /** Pixels at a time, so that what loops leave to each other stays in the first cache. */
    private static final int BLOCK = 1024;

    private final int[] shifted = new int[256];
    private final int[] red = new int[BLOCK];
    private final int[] green = new int[BLOCK];
    private final int[] blue = new int[BLOCK];
    private final int[] value = new int[BLOCK];
    private final int[] range = new int[BLOCK];
    private final int[] pixel = new int[BLOCK];
    private final int[] low = new int[BLOCK];
    private final int[] middle = new int[BLOCK];

    /** Adds a shift, in 256ths of a turn, to every pixel's hue. */
    void apply(Planes planes, int shift) {
        for (int h = 0; h < 256; h++) {
            shifted[h] = SIXTHS[(h + shift) & 255];
        }
        for (int from = 0; from < planes.size(); from += BLOCK) {
            int count = Math.min(BLOCK, planes.size() - from);
            System.arraycopy(planes.red, from, red, 0, count);
            System.arraycopy(planes.green, from, green, 0, count);
            System.arraycopy(planes.blue, from, blue, 0, count);
            apply();
            System.arraycopy(red, 0, planes.red, from, count);
            System.arraycopy(green, 0, planes.green, from, count);
            System.arraycopy(blue, 0, planes.blue, from, count);
        }
    }

    /**
     * A block, of which the last one's rest is what was there before. All loops but the one that
     * looks up are small and without branches, and their arrays have one index: C2 of Java 17
     * vectorises no others.
     */
    private void apply() {
        maximum(red, green, blue, value);
        range(red, green, blue, value, range);
        colours(red, green, blue, value, range, pixel);
        orders(red, green, blue, pixel);
        lookUp(pixel, value, range, shifted);
        low(pixel, low);
        numerators(pixel, middle);
        divide(middle);
        component(pixel, low, middle, 2, red);
        component(pixel, low, middle, 4, green);
        component(pixel, low, middle, 6, blue);
    }

    /** a - min(a - b, 0) is the greater one; Math.max is not vectorised everywhere. */
    private static void maximum(int[] red, int[] green, int[] blue, int[] value) {
        for (int i = 0; i < value.length; i++) {
            int difference = red[i] - green[i];
            int greater = red[i] - (difference & (difference >> 31));
            difference = greater - blue[i];
            value[i] = greater - (difference & (difference >> 31));
        }
    }

    /** The maximum without the minimum. */
    private static void range(int[] red, int[] green, int[] blue, int[] value, int[] range) {
        for (int i = 0; i < range.length; i++) {
            int difference = green[i] - red[i];
            int smaller = red[i] + (difference & (difference >> 31));
            difference = blue[i] - smaller;
            range[i] = value[i] - smaller - (difference & (difference >> 31));
        }
    }

    /** Where in the triangle of {@link #HUE}. */
    private static void colours(
            int[] red, int[] green, int[] blue, int[] value, int[] range, int[] index) {
        for (int i = 0; i < index.length; i++) {
            int belowMaximum = 3 * value[i] - range[i] - red[i] - green[i] - blue[i];
            index[i] = ((range[i] * (range[i] + 1)) >> 1) + belowMaximum;
        }
    }

    /** And for which order of the components. */
    private static void orders(int[] red, int[] green, int[] blue, int[] index) {
        for (int i = 0; i < index.length; i++) {
            index[i] += order(red[i], green[i], blue[i]);
        }
    }

    /** Puts v at bits 16 to 23 and s at 8 to 15 beside what {@link #SIXTHS} says of the hue. */
    private static void lookUp(int[] pixel, int[] value, int[] range, int[] shifted) {
        for (int i = 0; i < pixel.length; i++) {
            int v = value[i];
            int s = SATURATION[(v << 8) | range[i]] & 255;
            pixel[i] = shifted[HUE[pixel[i]] & 255] | (v << 16) | (s << 8);
        }
    }

    /** p. */
    private static void low(int[] pixel, int[] low) {
        for (int i = 0; i < low.length; i++) {
            int v = (pixel[i] >> 16) & 255;
            int s = (pixel[i] >> 8) & 255;
            low[i] = ((v * (255 - s) + 128) * 257) >> 16;
        }
    }

    /** x, still to be divided. */
    private static void numerators(int[] pixel, int[] middle) {
        for (int i = 0; i < middle.length; i++) {
            int v = (pixel[i] >> 16) & 255;
            int s = (pixel[i] >> 8) & 255;
            middle[i] = v * (65025 - s * (pixel[i] & 255)) + 32512;
        }
    }

    private static void divide(int[] middle) {
        for (int i = 0; i < middle.length; i++) {
            middle[i] = dividedBy65025(middle[i]);
        }
    }

    /** v, x or p, as two bits say, so many from the left. */
    private static void component(int[] pixel, int[] low, int[] middle, int left, int[] target) {
        for (int i = 0; i < target.length; i++) {
            int p = low[i];
            int bits = pixel[i] << left;
            int v = (pixel[i] >> 16) & 255;
            target[i] = p + ((v - p) & (bits >> 31)) + ((middle[i] - p) & (bits << 1 >> 31));
        }
    }

    /** By 255 twice, without a division. Exact for all that apply divides. */
    static int dividedBy65025(int n) {
        int once = (n + 1 + ((n + 1 + (n >> 8)) >> 8)) >> 8;
        return ((once + 1) * 257) >> 16;
    }

    private static int hueIndex(int r, int g, int b, int range, int belowMaximum) {
        return order(r, g, b) + ((range * (range + 1)) >> 1) + belowMaximum;
    }

    /** Three bits, from bit 16 on: r < g, g < b, b < r. */
    private static int order(int r, int g, int b) {
        return (((r - g) >>> 31) << 16) + (((g - b) >>> 31) << 17) + (((b - r) >>> 31) << 18);
    }

    private static int[] sixths() {
        int v = 2;
        int x = 1;
        int p = 0;
        int[] red = {v, x, p, p, x, v};
        int[] green = {x, v, v, x, p, p};
        int[] blue = {p, p, x, v, v, x};
        int[] table = new int[256];
        for (int h = 0; h < 256; h++) {
            int sixth = h * 6 / 255;
            int rem = h * 6 % 255;
            int turned = sixth % 2 == 0 ? 255 - rem : rem;
            int i = sixth % 6;
            table[h] = turned | (red[i] << 28) | (green[i] << 26) | (blue[i] << 24);
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
