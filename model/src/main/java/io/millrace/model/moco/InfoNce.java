package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** InfoNCE, van den Oord et al. 2018, arXiv:1807.03748, eq. 4, as MoCo uses it (eq. 1). */
public final class InfoNce {

    private InfoNce() {}

    /**
     * Returns the similarity of each query to its own key, column 0, and to every negative, divided
     * by the temperature: (N, 1 + K).
     *
     * @param q queries: (N, D), L2-normalised
     * @param k the positive key of each query: (N, D), L2-normalised, no gradient
     * @param queue the negatives: (D, K), L2-normalised columns, no gradient
     */
    public static NDArray logits(NDArray q, NDArray k, NDArray queue, double temperature) {
        Shape shape = q.getShape();
        if (!k.getShape().equals(shape) || queue.getShape().get(0) != shape.get(1)) {
            throw new IllegalArgumentException(
                    "expected q (N, D), k (N, D), queue (D, K), got "
                            + shape
                            + ", "
                            + k.getShape()
                            + ", "
                            + queue.getShape());
        }
        // q leads every product: DJL gives a result to its first operand's manager, here the
        // step's.
        NDArray positive = q.mul(k).sum(new int[] {1}, true); // (N, 1)
        NDArray negative = q.matMul(queue); // (N, K)
        // As an array of the step: backward reads it again, and DJL frees a plain number's memory
        // as soon as the division is done.
        NDArray divisor = q.getManager().create(temperature);
        return positive.concat(negative, 1).div(divisor); // (N, 1 + K)
    }

    /** The mean loss over the batch, a scalar in nats: ln(1 + K) when all keys are as similar. */
    public static NDArray loss(NDArray logits) {
        return logits.logSoftmax(1).get(":, 0").mean().neg();
    }

    /**
     * How queries find their keys, sums over the batch, without gradient: (3), fp32. The number of
     * queries whose own key is the most similar; their similarities to their own keys; their mean
     * similarities to the negatives.
     *
     * @param logits as {@link #logits} returns them for the same temperature
     */
    public static NDArray matching(NDArray logits, double temperature) {
        NDArray values = logits.stopGradient();
        NDArray hits = values.argMax(1).eq(0).toType(DataType.FLOAT32, false).sum();
        NDArray positive = values.get(":, 0").sum().mul((float) temperature);
        NDArray negative = values.get(":, 1:").mean(new int[] {1}).sum().mul((float) temperature);
        return NDArrays.stack(new NDList(hits, positive, negative));
    }
}
