package io.millrace.model.moco;

import static java.util.Objects.requireNonNull;

import io.millrace.model.stream.Matching;

/**
 * How training went since statistics were last taken.
 *
 * @param steps steps that the means cover
 * @param loss mean InfoNCE, nats; NaN or infinite when training has diverged, NaN for no steps
 * @param matching of queries and keys; NaN for no steps
 * @param learningRate of the last step
 */
public record StepStatistics(int steps, double loss, Matching matching, double learningRate) {
    public StepStatistics {
        requireNonNull(matching, "matching");
    }
}
