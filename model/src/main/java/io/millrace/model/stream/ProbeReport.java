package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * How well classifiers read classes off the features, tested on each record before they learn it.
 *
 * @param step the training step of the features
 * @param known what the classifiers have learned so far
 * @param linear the linear classifier's accuracy
 * @param bank the nearest neighbours'; null where there are none
 * @param timestamp wall clock at the report, milliseconds since 1970
 */
public record ProbeReport(
        String learner,
        FeatureBatch.Encoder encoder,
        long step,
        Known known,
        Accuracy linear,
        @Nullable Bank bank,
        long timestamp) {

    /**
     * What classifiers have learned.
     *
     * @param records labelled records seen so far
     * @param classes distinct labels seen
     * @param sha256 of all that they know, lower-case hexadecimal
     */
    public record Known(long records, int classes, String sha256) {
        public Known {
            requireNonNull(sha256, "sha256");
        }
    }

    /**
     * How often answers were right.
     *
     * @param fraction right over the sliding window, 0 to 1
     * @param window answers in the window
     */
    public record Accuracy(double fraction, int window) {}

    /**
     * The newest labelled records, and what they say of the features.
     *
     * @param knn the nearest neighbours' accuracy
     * @param records in the bank
     * @param deviation standard deviation of the L2-normalised features, mean over the C features:
     *     0 when all images look the same, 1 / sqrt(C) when they spread evenly
     * @param rankMe smooth rank of the features (arXiv:2210.02885)
     * @param rankOf the most that it could be
     */
    public record Bank(Accuracy knn, int records, double deviation, double rankMe, int rankOf) {
        public Bank {
            requireNonNull(knn, "knn");
        }
    }

    public ProbeReport {
        requireNonNull(learner, "learner");
        requireNonNull(encoder, "encoder");
        requireNonNull(known, "known");
        requireNonNull(linear, "linear");
    }
}
