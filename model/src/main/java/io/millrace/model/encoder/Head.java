package io.millrace.model.encoder;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Locale;

/**
 * The projection after the pooled features, in torchvision's place of {@code fc}, and the predictor
 * that may follow it.
 *
 * @param kind which layers
 * @param dimension D, 128 in MoCo, 256 in MoCo v3
 * @param hidden units of a hidden layer; 0 for as many as pooled features
 * @param predictor hidden units of a predictor that queries go through and keys do not (MoCo v3,
 *     arXiv:2104.02057); 0 for none
 */
public record Head(Kind kind, int dimension, int hidden, int predictor) implements Serializable {

    /** Which layers the projection has. */
    public enum Kind {
        /** One linear layer: MoCo v1, arXiv:1911.05722. */
        LINEAR("fc.weight"),
        /** Linear, ReLU, linear: MoCo v2, arXiv:2003.04297. */
        MLP("fc.2.weight"),
        /**
         * Three linear layers without bias, each with batch norm, the last one's without shift,
         * ReLU between them: SimCLR v2's code (google-research/simclr, model_util.py).
         */
        SIMCLR("fc.6.weight"),
        /**
         * Two linear layers without bias, each with batch norm, the last one's without scale and
         * shift, ReLU between them (facebookresearch/moco-v3, moco/builder.py).
         */
        MOCO_V3("fc.3.weight");

        private final String lastWeight;

        Kind(String lastWeight) {
            this.lastWeight = lastWeight;
        }

        /** The tensor of the last linear layer, (D, units). */
        public String lastWeight() {
            return lastWeight;
        }

        /** As settings name it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Head {
        requireNonNull(kind, "kind");
        if (dimension < 1) {
            throw new IllegalArgumentException(
                    "head dimension must be positive, got " + dimension + "; MoCo uses 128");
        }
        if (hidden < 0 || predictor < 0) {
            throw new IllegalArgumentException(
                    "hidden units must be 0 or more, got " + hidden + " and " + predictor);
        }
    }

    /** A projection with hidden layers as wide as the features, and no predictor. */
    public Head(Kind kind, int dimension) {
        this(kind, dimension, 0, 0);
    }

    public boolean hasPredictor() {
        return predictor > 0;
    }

    /**
     * The same head with 0 hidden units where they make no difference: where there is no hidden
     * layer, or where they are as many as the features.
     *
     * @param features C
     */
    public Head canonical(int features) {
        boolean same = kind == Kind.LINEAR || hidden == features;
        return same ? new Head(kind, dimension, 0, predictor) : this;
    }

    /** What keys go through. */
    public Head withoutPredictor() {
        return new Head(kind, dimension, hidden, 0);
    }
}
