package io.millrace.model.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.torch.Operations;

/**
 * The order in which a batch's rows go through an encoder, and back: a permutation, then batch
 * norm's splits laid one after the other. Of the permuted batch, row n belongs to split n mod S, as
 * in SplitBatchNorm of the authors' CIFAR demo.
 */
public final class RowOrder implements AutoCloseable {

    private final int splits;
    private final NDArray rows; // (N), INT64: row i of the encoder's input is this row of the batch
    private final NDArray inverse;

    /**
     * The order made of a permutation and a number of splits.
     *
     * @param permutation row i of the permuted batch is this row of the batch
     * @param splits S, a divisor of N
     */
    public RowOrder(NDManager manager, int[] permutation, int splits) {
        int n = permutation.length;
        if (n % splits != 0) {
            throw new IllegalArgumentException(
                    "a batch of " + n + " rows does not divide into " + splits + " splits");
        }
        this.splits = splits;
        long[] order = new long[n];
        long[] back = new long[n];
        for (int i = 0; i < n; i++) {
            int part = n / splits;
            order[i] = permutation[i % part * splits + i / part];
            back[(int) order[i]] = i;
        }
        rows = manager.create(order);
        inverse = manager.create(back);
    }

    /** S; the encoder's input holds them one after the other. */
    public int splits() {
        return splits;
    }

    /** Returns the batch's rows in the encoder's order: (N, ...). */
    public NDArray apply(Operations operations, NDArray batch) {
        return operations.rows(batch, rows);
    }

    /** Returns the encoder's rows in the batch's order: (N, ...); the gradient follows. */
    public NDArray undo(NDArray rowsOfEncoder) {
        return rowsOfEncoder.get(inverse);
    }

    @Override
    public void close() {
        rows.close();
        inverse.close();
    }
}
