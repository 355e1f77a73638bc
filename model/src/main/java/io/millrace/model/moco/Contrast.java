package io.millrace.model.moco;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * The contrastive task, arXiv:1911.05722.
 *
 * @param mechanism where keys come from
 * @param queueCapacity K, negative keys: those that the queue keeps, or that a step samples from
 *     the memory bank; other mechanisms do not read it
 * @param temperature T, by which every logit is divided
 * @param momentum m of the key encoder's update, 0 to 1, at the first step
 * @param course of m
 * @param symmetric whether each view is the query once and the key once; the loss is the sum of
 *     both, and the keys of both are enqueued. Only the queue leaves the choice; without one both
 *     views are queries, but for the memory bank
 * @param bank the memory bank, which only its mechanism reads
 */
public record Contrast(
        Mechanism mechanism,
        int queueCapacity,
        double temperature,
        double momentum,
        MomentumCourse course,
        boolean symmetric,
        Bank bank)
        implements Serializable {

    /** How m goes on. */
    public enum MomentumCourse {
        CONSTANT,
        /**
         * From its first value to 1 along half a cosine over the schedule's steps: MoCo v3
         * (facebookresearch/moco-v3, main_moco.py).
         */
        COSINE
    }

    /**
     * A memory bank.
     *
     * @param capacity M, representations kept; those of two images of one partition never share a
     *     slot if it is at least the partition's number of records
     * @param momentum share of a representation that stays when its image comes again, 0 to 1
     */
    public record Bank(int capacity, double momentum) implements Serializable {

        /** With the momentum of arXiv:1805.01978. */
        public static final Bank DEFAULT = new Bank(65_536, 0.5);

        public Bank {
            if (capacity < 1) {
                throw new IllegalArgumentException(
                        "memory bank capacity must be positive, got " + capacity);
            }
            if (!(momentum >= 0 && momentum <= 1)) {
                throw new IllegalArgumentException(
                        "memory bank momentum must be 0 to 1, got " + momentum);
            }
        }
    }

    public Contrast {
        requireNonNull(mechanism, "mechanism");
        requireNonNull(course, "course");
        requireNonNull(bank, "bank");
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

    /** MoCo's queue. */
    public Contrast(int queueCapacity, double temperature, double momentum, boolean symmetric) {
        this(
                Mechanism.MOMENTUM_QUEUE,
                queueCapacity,
                temperature,
                momentum,
                MomentumCourse.CONSTANT,
                symmetric,
                Bank.DEFAULT);
    }

    /** The asymmetric loss of MoCo v1 and v2: one view is the query, the other the key. */
    public Contrast(int queueCapacity, double temperature, double momentum) {
        this(queueCapacity, temperature, momentum, false);
    }

    /** K where there is a queue, 0 where there is none. */
    public int queued() {
        return mechanism == Mechanism.MOMENTUM_QUEUE ? queueCapacity : 0;
    }

    /** Keys that a step enqueues for a batch of N pairs. */
    public int keys(int batchSize) {
        return symmetric ? 2 * batchSize : batchSize;
    }

    /**
     * m before a step.
     *
     * @param step steps completed
     * @param steps the run's length
     */
    double momentum(long step, long steps) {
        if (course == MomentumCourse.CONSTANT) {
            return momentum;
        }
        double passed = (double) Math.min(step, steps) / steps;
        return 1 - (1 - momentum) * 0.5 * (1 + StrictMath.cos(Math.PI * passed));
    }
}
