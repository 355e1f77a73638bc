package io.millrace.job.probe;

import static java.util.Objects.requireNonNull;

import io.millrace.model.torch.Precision;
import java.util.Locale;

/**
 * How encoders are evaluated.
 *
 * @param k nearest neighbours that vote
 * @param protocol of the linear classifiers
 * @param precision of the encoder
 * @param threads that compute and decode
 * @param seed of MoCo's linear protocol
 */
public record ProbePlan(int k, Protocol protocol, Precision precision, int threads, long seed) {

    /** Which linear classifiers are trained; the first one named is {@code linear_accuracy}. */
    public enum Protocol {
        /** Logistic regression on standardised features. */
        STANDARDISED,
        /** MoCo's: SGD at a rate of 30 on raw features. */
        MOCO,
        /** Both, of which the standardised one is {@code linear_accuracy}. */
        BOTH;

        boolean standardised() {
            return this != MOCO;
        }

        boolean moco() {
            return this != STANDARDISED;
        }

        /** As typed. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ProbePlan {
        requireNonNull(protocol, "protocol");
        requireNonNull(precision, "precision");
    }
}
