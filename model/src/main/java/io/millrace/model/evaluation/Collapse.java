package io.millrace.model.evaluation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.Torch;
import java.util.Arrays;

/**
 * Whether features still differ from image to image, and in how many directions.
 *
 * @param deviation standard deviation of the L2-normalised features, mean over the C features: 0
 *     when all images look the same, 1 / sqrt(C) when features spread evenly over all directions
 *     (Chen and He 2020, arXiv:2011.10566, section 4.1)
 * @param rankMe smooth rank of the matrix of features, 1 to min(N, C): exp of the entropy of its
 *     singular values over their sum (Garrido et al. 2022, arXiv:2210.02885, equations 1 and 2)
 * @param rows images, N
 * @param width features per image, C
 */
public record Collapse(double deviation, double rankMe, int rows, int width) {

    /** Of the paper; keeps the logarithm finite. */
    private static final double EPSILON = 1e-7;

    private static final double SHORTEST = 1e-12;

    /**
     * Measures features as they are, neither centred nor normalised.
     *
     * @param values (N, C), row-major
     * @param width C
     */
    public static Collapse of(Torch torch, float[] values, int width) {
        if (width < 1 || values.length == 0 || values.length % width != 0) {
            throw new IllegalArgumentException(
                    "expected rows of " + width + " features, got " + values.length + " values");
        }
        int rows = values.length / width;
        torch.enter();
        try (NDManager step = torch.newManager()) {
            NDArray features = step.create(values, new Shape(rows, width));
            float[] singular = torch.operations().singularValues(features).toFloatArray();
            double[] doubles = new double[singular.length];
            Arrays.setAll(doubles, i -> singular[i]);
            return new Collapse(deviation(values, width), rankMe(doubles), rows, width);
        }
    }

    private static double deviation(float[] values, int width) {
        int rows = values.length / width;
        double[] sum = new double[width];
        double[] squares = new double[width];
        for (int from = 0; from < values.length; from += width) {
            double length = 0;
            for (int c = 0; c < width; c++) {
                length += (double) values[from + c] * values[from + c];
            }
            double scale = 1 / Math.max(SHORTEST, Math.sqrt(length));
            for (int c = 0; c < width; c++) {
                double value = values[from + c] * scale;
                sum[c] += value;
                squares[c] += value * value;
            }
        }
        double total = 0;
        for (int c = 0; c < width; c++) {
            total += spread(sum[c], squares[c], rows);
        }
        return total / width;
    }

    /** Standard deviation of values by their sum and the sum of their squares. */
    static double spread(double sum, double squares, int rows) {
        double mean = sum / rows;
        return Math.sqrt(Math.max(0, squares / rows - mean * mean));
    }

    /** Equations 1 and 2, by the singular values in any order. */
    static double rankMe(double[] singular) {
        double sum = Arrays.stream(singular).sum();
        double entropy = 0;
        for (double value : singular) {
            double share = (sum > 0 ? value / sum : 0) + EPSILON;
            entropy -= share * Math.log(share);
        }
        return Math.exp(entropy);
    }
}
