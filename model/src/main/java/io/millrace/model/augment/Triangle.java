package io.millrace.model.augment;

/**
 * Weights of a triangle filter that brings a line of pixels to another length; as wide as the
 * reduction, so that nothing aliases.
 *
 * <p>Pillow's bilinear resampling (Resample.c): weights in double, normalised, then rounded to
 * integers of 22 bits. Source pixels beyond the line's ends have no weight.
 */
final class Triangle {

    static final int BITS = 22;

    private final int outputs;

    /** The first source pixel of each output. */
    final int[] first;

    /** Source pixels of every output: even, unless the line has fewer. */
    int taps;

    /** The weights of output i begin at i * taps. */
    int[] weights = {};

    private int inputs;

    Triangle(int outputs) {
        this.outputs = outputs;
        first = new int[outputs];
    }

    void prepare(int newInputs) {
        if (inputs == newInputs) {
            return;
        }
        inputs = newInputs;
        double scale = (double) inputs / outputs;
        double support = Math.max(1, scale);
        taps = Math.min(inputs, 2 * (int) Math.ceil(support));
        if (weights.length < outputs * taps) {
            weights = new int[outputs * taps];
        }
        for (int i = 0; i < outputs; i++) {
            prepare(i, (i + 0.5) * scale, support);
        }
    }

    /** All outputs have the same number of taps, those at the line's ends with weights of zero. */
    private void prepare(int i, double centre, double support) {
        int from = Math.max(0, (int) (centre - support + 0.5));
        int to = Math.min(inputs, (int) (centre + support + 0.5));
        double reciprocal = 1 / support;
        double sum = 0;
        for (int x = from; x < to; x++) {
            sum += weight(x, centre, reciprocal);
        }
        first[i] = Math.min(from, inputs - taps);
        for (int k = 0; k < taps; k++) {
            int x = first[i] + k;
            double weight = x < from || x >= to ? 0 : weight(x, centre, reciprocal) / sum;
            weights[i * taps + k] = (int) (0.5 + weight * (1 << BITS));
        }
    }

    private static double weight(int x, double centre, double reciprocal) {
        return Math.max(0, 1 - Math.abs((x - centre + 0.5) * reciprocal));
    }
}
