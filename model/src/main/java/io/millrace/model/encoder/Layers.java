package io.millrace.model.encoder;

import java.util.function.UnaryOperator;

/**
 * What a network is made of, so that its structure is written down once and read in several ways:
 * {@link Layout} collects its tensors, {@link ForwardPass} computes.
 *
 * <p>A value of type T is handed on, not shared: {@code normalize}, {@code relu} and {@code add}
 * may consume their operands.
 */
interface Layers<T> {

    /**
     * A convolution without bias.
     *
     * @param in input channels
     * @param out output channels
     * @param kernel height and width
     */
    record Convolution(int in, int out, int kernel, int stride, int padding) {}

    /** Which of its own parameters a batch norm has. */
    enum Affine {
        /** Scale and shift. */
        FULL,
        SCALE,
        NONE
    }

    T convolve(String name, T x, Convolution shape);

    /** Batch norm over a value that nothing else reads. */
    T normalize(String name, T x, int channels, Affine affine);

    /** Batch norm with scale and shift. */
    default T normalize(String name, T x, int channels) {
        return normalize(name, x, channels, Affine.FULL);
    }

    T relu(T x);

    /** The sum of a residual and its shortcut. */
    T add(T x, T shortcut);

    /** 3x3, stride 2, padding 1. */
    T maxPool(T x);

    /** Means over height and width: (N, C, H, W) to (N, C). */
    T globalAveragePool(T x);

    T linear(String name, T x, int in, int out);

    T linearWithoutBias(String name, T x, int in, int out);

    /** One residual block; what it made on the way can go when it is done, its input too. */
    T block(T x, UnaryOperator<T> layers);
}
