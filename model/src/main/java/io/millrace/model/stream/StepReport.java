package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

/**
 * How training went since the last report.
 *
 * @param progress where training stands, with the consumed ranges of the newest epoch only
 * @param steps steps that the means below cover
 * @param loss mean InfoNCE over those steps, nats
 * @param matching of queries and keys over those steps
 * @param learningRate of the last step
 * @param queueFill fraction of the queue that holds real keys, 0 to 1; NaN where there is no queue
 * @param imagesPerSecond trained images over wall time since the last report
 * @param timestamp wall clock at the report, milliseconds since 1970
 */
public record StepReport(
        Progress progress,
        int steps,
        double loss,
        Matching matching,
        double learningRate,
        double queueFill,
        double imagesPerSecond,
        long timestamp) {

    public StepReport {
        requireNonNull(progress, "progress");
        requireNonNull(matching, "matching");
    }
}
