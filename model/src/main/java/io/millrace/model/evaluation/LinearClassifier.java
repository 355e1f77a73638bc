package io.millrace.model.evaluation;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.Torch;
import java.util.Arrays;

/**
 * Scores that are linear in an image's features, one for each class.
 *
 * @param width features, C
 * @param weights (K, C), row-major
 * @param bias (K)
 */
public record LinearClassifier(int width, double[] weights, double[] bias) {

    private static final int BLOCK = 4096;

    public LinearClassifier {
        requireNonNull(weights, "weights");
        requireNonNull(bias, "bias");
        if (bias.length == 0 || weights.length != bias.length * width) {
            throw new IllegalArgumentException(
                    "expected weights of one class or more and "
                            + width
                            + " features, got "
                            + weights.length
                            + " for "
                            + bias.length
                            + " classes");
        }
    }

    /** Number of classes, K. */
    public int classes() {
        return bias.length;
    }

    /** Whether every weight is a number, as after training that has not diverged. */
    public boolean isFinite() {
        return Arrays.stream(weights).allMatch(Double::isFinite)
                && Arrays.stream(bias).allMatch(Double::isFinite);
    }

    /** Returns the likeliest classes of each image. */
    public Ranking rank(Torch torch, LabelledFeatures images) {
        int depth = Math.min(Ranking.TOP, classes());
        int[] ranked = new int[images.rows() * depth];
        torch.enter();
        try (NDManager manager = torch.newManager()) {
            NDArray w = manager.create(weights, new Shape(classes(), width)).transpose();
            NDArray b = manager.create(bias);
            for (int from = 0; from < images.rows(); from += BLOCK) {
                int to = Math.min(from + BLOCK, images.rows());
                try (NDManager step = manager.newSubManager()) {
                    NDArray x = rows(step, images, from, to);
                    double[] scores = x.matMul(w).addi(b).toDoubleArray();
                    for (int row = from; row < to; row++) {
                        int at = (row - from) * classes();
                        double[] ofRow = Arrays.copyOfRange(scores, at, at + classes());
                        Ranking.best(ofRow, depth, ranked, row);
                    }
                }
            }
        }
        return new Ranking(depth, ranked);
    }

    /** Rows of features: (to - from, C), fp64. */
    static NDArray rows(NDManager step, LabelledFeatures images, int from, int to) {
        int width = images.width();
        float[] values = Arrays.copyOfRange(images.values(), from * width, to * width);
        try (NDArray fp32 = step.create(values, new Shape(to - from, width))) {
            return fp32.toType(DataType.FLOAT64, true);
        }
    }
}
