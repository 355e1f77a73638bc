package io.millrace.model.evaluation;

import java.util.Arrays;

/**
 * Softmax regression on features that are still being learned: every batch is first classified,
 * then trained on. SGD with momentum 0.9 on features standardised with running statistics, which
 * removes the need for MoCo's learning rate of 30 and follows the drift of the encoder. The
 * statistics take in a batch's features, never its labels, before the batch is classified. Plain
 * Java in fp32: the same bits on every machine.
 */
final class OnlineLinear {

    private static final float MOMENTUM = 0.9f;

    /** Weight of a new batch in the running statistics. */
    private static final float STATISTICS_RATE = 0.05f;

    private static final float EPSILON = 1e-5f;

    private final int width;
    private final float learningRate;
    private final float[] mean; // (C)
    private final float[] variance; // (C)
    private float[] weights = {}; // (classes, C + 1), the bias last
    private float[] velocity = {};
    private boolean begun;

    /**
     * A classifier that knows nothing yet.
     *
     * @param width features per record, C
     */
    OnlineLinear(int width, double learningRate) {
        this.width = width;
        this.learningRate = (float) learningRate;
        mean = new float[width];
        variance = new float[width];
    }

    /** A classifier that goes on where the state was taken. */
    static OnlineLinear restore(ProbeState state, double learningRate) {
        var linear = new OnlineLinear(state.mean().length, learningRate);
        linear.weights = state.weights().clone();
        linear.velocity = state.velocity().clone();
        System.arraycopy(state.mean(), 0, linear.mean, 0, linear.width);
        System.arraycopy(state.variance(), 0, linear.variance, 0, linear.width);
        linear.begun = linear.weights.length > 0;
        return linear;
    }

    /** Copies. */
    float[] weights() {
        return weights.clone();
    }

    float[] velocity() {
        return velocity.clone();
    }

    float[] mean() {
        return mean.clone();
    }

    float[] variance() {
        return variance.clone();
    }

    /**
     * Classifies the batch, counts how often it was right, then takes one step on it.
     *
     * @param targets classes of the batch: (N)
     * @param values (N, C), row-major
     * @param known classes that had appeared before this batch
     * @param classes those that have appeared by now
     */
    void observe(int[] targets, float[] values, int known, int classes, AccuracyWindow answers) {
        weights = Arrays.copyOf(weights, classes * (width + 1));
        velocity = Arrays.copyOf(velocity, weights.length);
        int rows = targets.length;
        updateStatistics(values, rows);
        float[] inputs = standardise(values, rows);
        float[] gradient = new float[weights.length];
        float[] scores = new float[classes];
        for (int row = 0; row < rows; row++) {
            score(inputs, row, scores);
            answers.count(known > 0 && argmax(scores, known) == targets[row]);
            softmax(scores);
            scores[targets[row]] -= 1;
            accumulate(scores, inputs, row, gradient);
        }
        for (int i = 0; i < weights.length; i++) {
            velocity[i] = MOMENTUM * velocity[i] + gradient[i] / rows;
            weights[i] -= learningRate * velocity[i];
        }
    }

    private void updateStatistics(float[] values, int rows) {
        float rate = begun ? STATISTICS_RATE : 1;
        begun = true;
        for (int c = 0; c < width; c++) {
            double sum = 0;
            double squares = 0;
            for (int row = 0; row < rows; row++) {
                double value = values[row * width + c];
                sum += value;
                squares += value * value;
            }
            double batchMean = sum / rows;
            double batchVariance = Math.max(0, squares / rows - batchMean * batchMean);
            mean[c] += rate * (float) (batchMean - mean[c]);
            variance[c] += rate * (float) (batchVariance - variance[c]);
        }
    }

    private float[] standardise(float[] values, int rows) {
        float[] scale = new float[width];
        for (int c = 0; c < width; c++) {
            scale[c] = (float) (1 / Math.sqrt(variance[c] + EPSILON));
        }
        float[] inputs = new float[rows * width];
        for (int row = 0; row < rows; row++) {
            for (int c = 0; c < width; c++) {
                inputs[row * width + c] = (values[row * width + c] - mean[c]) * scale[c];
            }
        }
        return inputs;
    }

    private void score(float[] inputs, int row, float[] scores) {
        for (int k = 0; k < scores.length; k++) {
            int from = k * (width + 1);
            float sum = weights[from + width];
            for (int c = 0; c < width; c++) {
                sum += weights[from + c] * inputs[row * width + c];
            }
            scores[k] = sum;
        }
    }

    private void accumulate(float[] error, float[] inputs, int row, float[] gradient) {
        for (int k = 0; k < error.length; k++) {
            int from = k * (width + 1);
            for (int c = 0; c < width; c++) {
                gradient[from + c] += error[k] * inputs[row * width + c];
            }
            gradient[from + width] += error[k];
        }
    }

    private static int argmax(float[] scores, int known) {
        int best = 0;
        for (int k = 1; k < known; k++) {
            if (scores[k] > scores[best]) {
                best = k;
            }
        }
        return best;
    }

    private static void softmax(float[] scores) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            largest = Math.max(largest, score);
        }
        double sum = 0;
        for (float score : scores) {
            sum += StrictMath.exp(score - largest);
        }
        for (int k = 0; k < scores.length; k++) {
            scores[k] = (float) (StrictMath.exp(scores[k] - largest) / sum);
        }
    }
}
