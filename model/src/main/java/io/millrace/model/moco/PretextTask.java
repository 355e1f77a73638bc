package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/** What a query encoder learns by: one of the {@linkplain Mechanism mechanisms}, with its state. */
interface PretextTask extends AutoCloseable {

    /**
     * A batch of view pairs.
     *
     * @param step owns what the task makes of it
     * @param number optimiser steps completed
     * @param images what tells the images apart, the same each time one comes; may be empty where
     *     the task keeps no representations
     */
    record Batch(NDManager step, Views x1, Views x2, long number, long[] images) {}

    /**
     * Computes loss and gradient, and takes in the batch's keys. Leaves the query encoder's
     * parameters as they are; its batch-norm statistics move.
     */
    Contrasted contrast(Batch batch);

    /** Queries that a view pair makes: 1, or 2 where each view is one. */
    int queriesPerPair();

    /** Forward passes of the query encoder in training mode that a step takes. */
    int passes();

    /** What a checkpoint must hold besides the query encoder, but for the queue's rows. */
    Map<String, NDArray> arrays();

    @Override
    void close();
}
