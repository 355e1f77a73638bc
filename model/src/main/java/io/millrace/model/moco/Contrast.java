package io.millrace.model.moco;

import java.io.Serializable;

/**
 * The contrastive task, arXiv:1911.05722.
 *
 * @param queueCapacity K, negative keys kept
 * @param temperature T, by which every logit is divided
 * @param momentum m of the key encoder's update, 0 to 1
 * @param symmetric whether each view is the query once and the key once; the loss is the sum of
 *     both, and the keys of both are enqueued
 */
public record Contrast(int queueCapacity, double temperature, double momentum, boolean symmetric)
        implements Serializable {

    /** The asymmetric loss of the papers: one view is the query, the other the key. */
    public Contrast(int queueCapacity, double temperature, double momentum) {
        this(queueCapacity, temperature, momentum, false);
    }

    /** Keys that a step enqueues for a batch of N pairs. */
    public int keys(int batchSize) {
        return symmetric ? 2 * batchSize : batchSize;
    }

    public Contrast {
        if (queueCapacity < 1) {
            throw new IllegalArgumentException(
                    "queue capacity (K) must be positive, got " + queueCapacity);
        }
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature must be above 0, got " + temperature);
        }
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException(
                    "key encoder momentum must be 0 to 1, got " + momentum);
        }
    }
}
