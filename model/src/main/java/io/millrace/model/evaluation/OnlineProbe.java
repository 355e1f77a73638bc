package io.millrace.model.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A linear classifier on features that are still being learned: every batch is first classified,
 * then trained on (test-then-train, or prequential, evaluation; Gama et al. 2013,
 * doi:10.1007/s10994-012-5320-9). In the first epoch its accuracy is on records that it has not
 * trained on; in later epochs it has trained on the same records before.
 *
 * <p>Softmax regression by SGD with momentum 0.9 on features standardised with running statistics,
 * which removes the need for MoCo's learning rate of 30 and follows the drift of the encoder. The
 * statistics take in a batch's features, never its labels, before the batch is classified. Classes
 * appear when their first record does, up to {@link #MAX_CLASSES}. Plain Java in fp32: the same
 * bits on every machine.
 */
public final class OnlineProbe {

    /**
     * Classes that a probe tells apart, the first to appear; records of further ones are neither
     * counted nor trained on. Bounds the probe where labels are, say, file names.
     */
    public static final int MAX_CLASSES = 1000;

    private static final float MOMENTUM = 0.9f;

    /** Weight of a new batch in the running statistics. */
    private static final float STATISTICS_RATE = 0.05f;

    private static final float EPSILON = 1e-5f;

    /** Instead of a class's index, when there are too many. */
    private static final int UNPROBED = -1;

    private final int width;
    private final float learningRate;
    private final Map<String, Integer> indices = new HashMap<>();
    private final List<String> classes = new ArrayList<>();
    private final float[] mean;
    private final float[] variance;
    private final byte[] hits;
    private float[] weights = {};
    private float[] velocity = {};
    private long records;

    /**
     * A probe that knows nothing yet.
     *
     * @param width features per record, C
     * @param window records that the accuracy covers
     */
    public OnlineProbe(int width, int window, double learningRate) {
        if (width < 1 || window < 1 || !(learningRate > 0)) {
            throw new IllegalArgumentException(
                    "probe needs positive width, window and learning rate, got "
                            + width
                            + ", "
                            + window
                            + " and "
                            + learningRate);
        }
        this.width = width;
        this.learningRate = (float) learningRate;
        this.mean = new float[width];
        this.variance = new float[width];
        this.hits = new byte[window];
    }

    /** A probe that goes on where the state was taken; a changed window starts empty. */
    public static OnlineProbe restore(ProbeState state, int window, double learningRate) {
        var probe = new OnlineProbe(state.mean().length, window, learningRate);
        state.classes().forEach(probe::indexOf);
        probe.weights = state.weights().clone();
        probe.velocity = state.velocity().clone();
        System.arraycopy(state.mean(), 0, probe.mean, 0, probe.width);
        System.arraycopy(state.variance(), 0, probe.variance, 0, probe.width);
        if (state.hits().length == window) {
            probe.records = state.records();
            System.arraycopy(state.hits(), 0, probe.hits, 0, window);
        }
        return probe;
    }

    /** A copy of everything the probe knows. */
    public ProbeState state() {
        return new ProbeState(
                classes,
                weights.clone(),
                velocity.clone(),
                mean.clone(),
                variance.clone(),
                records,
                hits.clone());
    }

    /**
     * Classifies the batch, counts how often it was right, then takes one step on it. Leaves out
     * records of classes beyond {@link #MAX_CLASSES}.
     *
     * @param values (labels.size(), C), row-major
     */
    public void observe(List<String> labels, float[] values) {
        if (values.length != labels.size() * width) {
            throw new IllegalArgumentException(
                    "expected "
                            + labels.size()
                            + " x "
                            + width
                            + " features, got "
                            + values.length);
        }
        int known = classes.size();
        int[] indexOfRow = labels.stream().mapToInt(this::indexOf).toArray();
        int[] targets = Arrays.stream(indexOfRow).filter(k -> k != UNPROBED).toArray();
        if (targets.length > 0) {
            weights = Arrays.copyOf(weights, classes.size() * (width + 1));
            velocity = Arrays.copyOf(velocity, weights.length);
            step(targets, probed(indexOfRow, values), known);
        }
    }

    /**
     * @param values the features of the targets, (targets.length, C)
     * @param known classes that had appeared before this batch
     */
    private void step(int[] targets, float[] values, int known) {
        int rows = targets.length;
        updateStatistics(values, rows);
        float[] inputs = standardise(values, rows);
        float[] gradient = new float[weights.length];
        float[] scores = new float[classes.size()];
        for (int row = 0; row < rows; row++) {
            score(inputs, row, scores);
            count(known > 0 && argmax(scores, known) == targets[row]);
            softmax(scores);
            scores[targets[row]] -= 1;
            accumulate(scores, inputs, row, gradient);
        }
        for (int i = 0; i < weights.length; i++) {
            velocity[i] = MOMENTUM * velocity[i] + gradient[i] / rows;
            weights[i] -= learningRate * velocity[i];
        }
    }

    /** Fraction right over the window, 0 to 1; 0 before the first record. */
    public double accuracy() {
        int filled = windowFilled();
        int right = 0;
        for (int i = 0; i < filled; i++) {
            right += hits[i];
        }
        return filled == 0 ? 0 : (double) right / filled;
    }

    /** Records that the accuracy covers now. */
    public int windowFilled() {
        return (int) Math.min(records, hits.length);
    }

    /** Labelled records probed. */
    public long records() {
        return records;
    }

    /** Class names, in the order of their first appearance. */
    public List<String> classes() {
        return List.copyOf(classes);
    }

    private int indexOf(@Nullable String label) {
        if (label == null) {
            throw new IllegalArgumentException("a probe needs a label for every record");
        }
        Integer index = indices.get(label);
        if (index != null) {
            return index;
        }
        if (classes.size() >= MAX_CLASSES) {
            return UNPROBED;
        }
        indices.put(label, classes.size());
        classes.add(label);
        return classes.size() - 1;
    }

    /** The rows of classes that are told apart. */
    private float[] probed(int[] indexOfRow, float[] values) {
        float[] kept = new float[values.length];
        int to = 0;
        for (int row = 0; row < indexOfRow.length; row++) {
            if (indexOfRow[row] != UNPROBED) {
                System.arraycopy(values, row * width, kept, to, width);
                to += width;
            }
        }
        return Arrays.copyOf(kept, to);
    }

    private void updateStatistics(float[] values, int rows) {
        float rate = records == 0 ? 1 : STATISTICS_RATE;
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

    private void count(boolean right) {
        hits[(int) (records % hits.length)] = (byte) (right ? 1 : 0);
        records++;
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
