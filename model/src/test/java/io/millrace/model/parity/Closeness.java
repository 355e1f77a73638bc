package io.millrace.model.parity;

import static org.assertj.core.api.Assertions.assertThat;

/** Distances between what was computed and what the reference computed. */
public final class Closeness {

    private Closeness() {}

    /** Asserts |actual - reference| <= fraction |reference|, Euclidean norms. */
    public static void assertClose(
            String name, float[] actual, float[] reference, double fraction) {
        assertThat(actual).as(name).hasSameSizeAs(reference);
        double distance = 0;
        double norm = 0;
        for (int i = 0; i < reference.length; i++) {
            distance += Math.pow((double) actual[i] - reference[i], 2);
            norm += Math.pow(reference[i], 2);
        }
        assertThat(Math.sqrt(distance / norm))
                .as("%s: distance to the reference over its norm", name)
                .isLessThanOrEqualTo(fraction);
    }
}
