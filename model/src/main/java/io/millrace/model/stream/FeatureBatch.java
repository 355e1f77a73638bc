package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Labelled backbone features of one step's batch, without gradient.
 *
 * @param encoder which encoder made them
 * @param step the step they belong to
 * @param labels class names, one per row
 * @param width features per row, C
 * @param values (labels.size(), C), row-major
 */
public record FeatureBatch(
        String learner,
        Encoder encoder,
        long step,
        List<String> labels,
        int width,
        float[] values) {

    /** The encoder being trained, or the one it started from, as the baseline. */
    public enum Encoder {
        TRAINED,
        UNTRAINED
    }

    public FeatureBatch {
        requireNonNull(learner, "learner");
        requireNonNull(encoder, "encoder");
        labels = List.copyOf(labels);
        if (values.length != labels.size() * width) {
            throw new IllegalArgumentException(
                    "expected "
                            + labels.size()
                            + " x "
                            + width
                            + " features, got "
                            + values.length);
        }
    }

    /**
     * Those rows whose records have labels.
     *
     * @param batch N pairs
     * @param features (N, C), row-major
     */
    public static FeatureBatch labelled(
            String learner, Encoder encoder, long step, List<ViewPair> batch, float[] features) {
        int width = features.length / batch.size();
        List<String> labels = new ArrayList<>(batch.size());
        float[] values = new float[features.length];
        for (int row = 0; row < batch.size(); row++) {
            String label = batch.get(row).label();
            if (label != null) {
                System.arraycopy(features, row * width, values, labels.size() * width, width);
                labels.add(label);
            }
        }
        float[] kept = Arrays.copyOf(values, labels.size() * width);
        return new FeatureBatch(learner, encoder, step, labels, width, kept);
    }
}
