package io.millrace.model.moco;

import ai.djl.ndarray.NDManager;
import io.millrace.model.encoder.RowOrder;

/**
 * The order in which encoders take a batch's rows, so that its parts are batch norm's splits.
 * Queries keep their order, keys are permuted anew for every pass.
 */
final class Rows {

    private final KeyOrder keyOrder;
    private final int splits;
    private final int batchSize;
    private final RowOrder queries;

    /**
     * @param manager owns the queries' order
     * @param batchSize N
     */
    Rows(NDManager manager, KeyOrder keyOrder, int batchSize, int splits) {
        this.keyOrder = keyOrder;
        this.batchSize = batchSize;
        this.splits = splits;
        queries = new RowOrder(manager, KeyOrder.unchanged().permutation(0, batchSize), splits);
    }

    RowOrder ofQueries() {
        return queries;
    }

    /**
     * The order of one pass of keys.
     *
     * @param pass counts them over the learner's life
     */
    RowOrder ofKeys(NDManager step, long pass) {
        return new RowOrder(step, keyOrder.permutation(pass, batchSize), splits);
    }
}
