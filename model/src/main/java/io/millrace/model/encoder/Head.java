package io.millrace.model.encoder;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * The projection after the pooled features, in torchvision's place of {@code fc}.
 *
 * @param kind one linear layer (MoCo v1), or linear, ReLU, linear with as many hidden units as
 *     features (MoCo v2)
 * @param dimension D, 128 in MoCo
 */
public record Head(Kind kind, int dimension) implements Serializable {

    /** Which layers the head has. */
    public enum Kind {
        LINEAR,
        MLP
    }

    public Head {
        requireNonNull(kind, "kind");
        if (dimension < 1) {
            throw new IllegalArgumentException(
                    "head dimension must be positive, got " + dimension + "; MoCo uses 128");
        }
    }
}
