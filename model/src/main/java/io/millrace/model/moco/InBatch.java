package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
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

    /**
     * How rows find their own columns, sums over the batch, without gradient: (3), fp32. The number
     * of rows whose own column is the largest; the similarities there; the mean similarities to the
     * other images' other views, the rest of the first N columns.
     *
     * @param logits (N, N) or more columns, as made for the same temperature
     */
    static NDArray matching(NDArray logits, double temperature) {
        NDArray values = logits.stopGradient();
        int n = (int) values.getShape().get(0);
        NDArray own = values.getManager().arange(n).toType(DataType.INT64, false);
        NDArray hits =
                values.argMax(1)
                        .toType(DataType.INT64, false)
                        .eq(own)
                        .toType(DataType.FLOAT32, false)
                        .sum();
        NDArray others = values.get(":, 0:" + n);
        NDArray positive = others.mul(values.getManager().eye(n)).sum();
        NDArray negative = others.sum().sub(positive).mul((float) (temperature / (n - 1)));
        return NDArrays.stack(new NDList(hits, positive.mul((float) temperature), negative));
    }
}
