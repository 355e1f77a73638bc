package io.millrace.job.console;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** How a run stands at a moment. */
public record Status(Training training, Probe probe, Stream stream) {

    /**
     * The trainer's part.
     *
     * @param loss nats
     * @param accuracy (1+K)-way, 0 to 1
     * @param queueFill 0 to 1; NaN where there is no queue
     */
    public record Training(
            long step, double imagesPerSecond, double loss, double accuracy, double queueFill) {}

    /**
     * Accuracies over the probe's window, 0 to 1.
     *
     * @param trained empty before the first report
     * @param untrained of the encoder as it was before the first step; empty if nobody measures it
     * @param knn of the nearest neighbours on the trained encoder; empty if there are none
     */
    public record Probe(OptionalDouble trained, OptionalDouble untrained, OptionalDouble knn) {

        public static final Probe NONE =
                new Probe(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());

        public Probe {
            requireNonNull(trained, "trained");
            requireNonNull(untrained, "untrained");
            requireNonNull(knn, "knn");
        }
    }

    /**
     * What comes in and what is safe.
     *
     * @param lag records in the topic that have not been read
     * @param deadLetters records set aside
     * @param checkpointAge since the last completed checkpoint; null before the first
     */
    public record Stream(long lag, long deadLetters, @Nullable Duration checkpointAge) {}

    public Status {
        requireNonNull(training, "training");
        requireNonNull(probe, "probe");
        requireNonNull(stream, "stream");
    }
}
