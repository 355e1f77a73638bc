package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** Losses whose negatives are of the same batch: the positive of row i is column i. */
final class InBatch {

    /** What removes a view's similarity to itself, as in SimCLR's objective.py. */
    private static final float LARGE = 1e9f;

    private InBatch() {}

    /**
     * Similarity of each query to each key, divided by the temperature: (N, M).
     *
     * @param q queries: (N, D), L2-normalised
     * @param k keys: (M, D), L2-normalised
     */
    static NDArray logits(NDArray q, NDArray k, double temperature) {
        // As an array of the step: backward reads it again, and DJL frees a plain number's memory.
        NDArray divisor = q.getManager().create((float) temperature);
        return q.matMul(k.transpose()).div(divisor);
    }

    /**
     * NT-Xent's logits of one side (Chen et al. 2020, arXiv:2002.05709, equation 1, as in
     * google-research/simclr, objective.py): similarities to the other view of each image, then to
     * the same view of the other images: (N, 2N).
     *
     * @param a one view of each image: (N, D), L2-normalised
     * @param b the other: (N, D), L2-normalised
     */
    static NDArray ntXent(NDArray a, NDArray b, double temperature) {
        NDArray self = a.getManager().eye((int) a.getShape().get(0)).muli(LARGE);
        return logits(a, b, temperature).concat(logits(a, a, temperature).sub(self), 1);
    }

    /** The mean cross-entropy of the rows, a scalar in nats. */
    static NDArray loss(NDArray logits) {
        Shape shape = logits.getShape();
        int n = (int) shape.get(0);
        NDArray diagonal = logits.getManager().eye(n, (int) shape.get(1), 0, DataType.FLOAT32);
        NDArray count = logits.getManager().create((float) -n);
        return logits.logSoftmax(1).mul(diagonal).sum().div(count);
    }

    /** The number of rows whose own column is the largest, a scalar, float32. */
    static NDArray hits(NDArray logits) {
        NDArray own = logits.getManager().arange((int) logits.getShape().get(0));
        return logits.argMax(1)
                .toType(DataType.INT64, false)
                .eq(own.toType(DataType.INT64, false))
                .toType(DataType.FLOAT32, false)
                .sum();
    }
}
