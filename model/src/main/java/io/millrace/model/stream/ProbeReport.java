package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

/**
 * How well a linear classifier reads classes off the features, tested on each record before it is
 * trained on it.
 *
 * @param step the training step of the features
 * @param records labelled records seen so far
 * @param accuracy fraction right over the sliding window, 0 to 1
 * @param window records in the window
 * @param classes distinct labels seen
 * @param timestamp wall clock at the report, milliseconds since 1970
 */
public record ProbeReport(
        String learner,
        FeatureBatch.Encoder encoder,
        long step,
        long records,
        double accuracy,
        int window,
        int classes,
        long timestamp) {

    public ProbeReport {
        requireNonNull(learner, "learner");
        requireNonNull(encoder, "encoder");
    }
}
