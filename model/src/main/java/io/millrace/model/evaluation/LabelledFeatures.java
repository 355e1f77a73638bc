package io.millrace.model.evaluation;

import static java.util.Objects.requireNonNull;

/**
 * Features of labelled images.
 *
 * @param width features per image, C
 * @param values (N, C), row-major
 * @param targets the class of each image, from 0: (N)
 */
public record LabelledFeatures(int width, float[] values, int[] targets) {

    public LabelledFeatures {
        requireNonNull(values, "values");
        requireNonNull(targets, "targets");
        if (width < 1 || values.length != (long) targets.length * width) {
            throw new IllegalArgumentException(
                    "expected "
                            + targets.length
                            + " x "
                            + width
                            + " features, got "
                            + values.length);
        }
    }

    /** Number of images, N. */
    public int rows() {
        return targets.length;
    }
}
