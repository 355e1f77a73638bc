package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

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
}
