package io.millrace.model.augment;

/**
 * Pillow's blend (Blend.c) of a plane with a base: base + alpha (plane - base) in float, truncated,
 * clipped to 0 to 255.
 *
 * <p>Where alpha allows it, in integers that C2 vectorises: for a difference d, floor(alpha d) is
 * (a d + bias) >> 22. This holds for most alphas and is checked for each of the 511 differences
 * when alpha changes; otherwise, about once in a hundred draws, it is computed in float.
 */
final class Blend {

    private static final int BITS = 22;
    private static final int BIAS = 1 << 6;

    /** Closer than this below an integer, adding a base could round up to it in float. */
    private static final double MARGIN = 0x1p-16;

    private float alpha;
    private int multiplier;
    private boolean exact;

    void prepare(float newAlpha) {
        alpha = newAlpha;
        multiplier = (int) Math.rint(alpha * (double) (1 << BITS));
        exact = alpha >= 0 && alpha <= 2;
        for (int d = -255; exact && d <= 255; d++) {
            double product = alpha * d;
            double floor = Math.floor(product);
            exact = product - floor <= 1 - MARGIN && (multiplier * d + BIAS) >> BITS == (int) floor;
        }
    }

    /** Blends with the same base everywhere. */
    void apply(int[] plane, int base) {
        if (exact) {
            blend(plane, base, multiplier);
        } else {
            for (int i = 0; i < plane.length; i++) {
                plane[i] = level(plane[i], base);
            }
        }
    }

    /** Blends with a base for each pixel. */
    void apply(int[] plane, int[] base) {
        if (exact) {
            blend(plane, base, multiplier);
        } else {
            for (int i = 0; i < plane.length; i++) {
                plane[i] = level(plane[i], base[i]);
            }
        }
    }

    private int level(int value, int base) {
        float blended = base + alpha * (value - base);
        return blended <= 0 ? 0 : blended >= 255 ? 255 : (int) blended;
    }

    // Clipping by sign bits: C2 of Java 17 leaves loops with min and max scalar.

    private static void blend(int[] plane, int base, int multiplier) {
        for (int i = 0; i < plane.length; i++) {
            int t = base + ((multiplier * (plane[i] - base) + BIAS) >> BITS);
            plane[i] = ((t & ~(t >> 31)) | ((255 - t) >> 31)) & 255;
        }
    }

    private static void blend(int[] plane, int[] base, int multiplier) {
        for (int i = 0; i < plane.length; i++) {
            int t = base[i] + ((multiplier * (plane[i] - base[i]) + BIAS) >> BITS);
            plane[i] = ((t & ~(t >> 31)) | ((255 - t) >> 31)) & 255;
        }
    }
}
