package io.millrace.model.encoder;

import io.millrace.model.encoder.Layers.Affine;

/**
 * The layers after the pooled features. Names count all layers of a PyTorch {@code Sequential},
 * those without tensors too.
 *
 * @param <T> what flows between layers
 */
final class Projector<T> {

    private final Head head;
    private final Layers<T> layers;

    Projector(Head head, Layers<T> layers) {
        this.head = head;
        this.layers = layers;
    }

    /**
     * (N, C) to (N, D), not normalised.
     *
     * @param width C
     */
    T project(T features, int width) {
        int hidden = head.hidden() == 0 ? width : head.hidden();
        int out = head.dimension();
        T projection =
                switch (head.kind()) {
                    case LINEAR -> layers.linear("fc", features, width, out);
                    case MLP -> {
                        T x = layers.relu(layers.linear("fc.0", features, width, hidden));
                        yield layers.linear("fc.2", x, hidden, out);
                    }
                    case SIMCLR -> {
                        T x = hidden("fc.", 0, features, width, hidden);
                        x = hidden("fc.", 3, x, hidden, hidden);
                        yield last(6, x, hidden, Affine.SCALE);
                    }
                    case MOCO_V3 -> {
                        T x = hidden("fc.", 0, features, width, hidden);
                        yield last(3, x, hidden, Affine.NONE);
                    }
                };
        return head.hasPredictor() ? predict(projection) : projection;
    }

    private T predict(T projection) {
        int units = head.predictor();
        T x = hidden("predictor.", 0, projection, head.dimension(), units);
        return layers.linearWithoutBias("predictor.3", x, units, head.dimension());
    }

    /** Linear, batch norm, ReLU. */
    private T hidden(String prefix, int place, T x, int in, int out) {
        T y = layers.linearWithoutBias(prefix + place, x, in, out);
        return layers.relu(layers.normalize(prefix + (place + 1), y, out, Affine.FULL));
    }

    private T last(int place, T x, int in, Affine affine) {
        T y = layers.linearWithoutBias("fc." + place, x, in, head.dimension());
        return layers.normalize("fc." + (place + 1), y, head.dimension(), affine);
    }
}
