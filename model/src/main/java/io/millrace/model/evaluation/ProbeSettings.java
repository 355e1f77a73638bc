package io.millrace.model.evaluation;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * How an {@link OnlineProbe} watches.
 *
 * @param window records that an accuracy covers
 * @param learningRate of the linear classifier
 */
public record ProbeSettings(int window, double learningRate, KnnSettings knn)
        implements Serializable {

    public ProbeSettings {
        requireNonNull(knn, "knn");
        if (window < 1 || !(learningRate > 0)) {
            throw new IllegalArgumentException(
                    "a probe needs a positive window and learning rate, got "
                            + window
                            + " and "
                            + learningRate);
        }
    }
}
