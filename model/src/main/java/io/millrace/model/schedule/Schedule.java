package io.millrace.model.schedule;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * The learning rate's course over optimiser steps, as a factor of the base rate.
 *
 * @param kind the curve
 * @param steps its length; 0 for a constant rate on an endless stream
 */
public record Schedule(Kind kind, long steps) implements Serializable {

    /** The curve. */
    public enum Kind {
        CONSTANT,
        /** From 1 to 0 along half a cosine, per step (arXiv:1608.03983, without restarts). */
        COSINE
    }

    public static final Schedule CONSTANT = new Schedule(Kind.CONSTANT, 0);

    public Schedule {
        requireNonNull(kind, "kind");
        if (kind == Kind.COSINE && steps < 1) {
            throw new IllegalArgumentException(
                    "a cosine schedule needs a number of steps, got "
                            + steps
                            + "; use constant for an endless stream");
        }
    }

    /** The factor for the step that follows {@code step} completed ones, 0 to 1. */
    public double factor(long step) {
        if (kind == Kind.CONSTANT) {
            return 1;
        }
        return 0.5 * (1 + StrictMath.cos(Math.PI * Math.min(step, steps) / steps));
    }
}
