package io.millrace.model.schedule;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The learning rate's course over optimiser steps, as a factor of the base rate.
 *
 * @param kind the curve
 * @param steps its length, which {@code STEP} and {@code COSINE} need; 0 on an endless stream
 * @param warmupSteps steps in which the factor rises from 0 in a straight line; a cosine begins
 *     after them (facebookresearch/moco-v3, main_moco.py)
 * @param milestones of {@code STEP}: fractions of the length
 * @param decay factor at each milestone, or of {@code EXPONENTIAL} in {@code decaySteps} steps
 * @param decaySteps of {@code EXPONENTIAL}
 * @param next what follows after {@code steps} steps, for a run that goes on; null if nothing does
 */
public record Schedule(
        Kind kind,
        long steps,
        long warmupSteps,
        List<Double> milestones,
        double decay,
        double decaySteps,
        @Nullable Phase next)
        implements Serializable {

    /** The curve. */
    public enum Kind {
        CONSTANT,
        /** Falls at milestones: by 0.1 at 60 and 80 % of MoCo v1's run, arXiv:1911.05722. */
        STEP,
        /** From 1 to 0 along half a cosine, per step (arXiv:1608.03983, without restarts). */
        COSINE,
        /**
         * Falls smoothly by a factor in so many steps, for endless streams: by 0.9 in 64 million
         * images of arXiv:1911.05722's Instagram run, which fell in stairs.
         */
        EXPONENTIAL;

        /** Whether the curve depends on the length of the run. */
        public boolean needsSteps() {
            return this == STEP || this == COSINE;
        }
    }

    /**
     * A phase of its own, whose steps count from its beginning.
     *
     * @param rate what its factors are multiplied by
     */
    public record Phase(double rate, Schedule schedule) implements Serializable {

        public Phase {
            requireNonNull(schedule, "schedule");
            if (!(rate > 0 && rate <= 1)) {
                throw new IllegalArgumentException(
                        "expected a phase's rate above 0 and at most 1, got " + rate);
            }
        }
    }

    public static final Schedule CONSTANT = new Schedule(Kind.CONSTANT, 0);

    public Schedule {
        requireNonNull(kind, "kind");
        milestones = List.copyOf(milestones);
        if (next != null && steps < 1) {
            throw new IllegalArgumentException(
                    "a schedule that another follows needs a number of steps, got " + steps);
        }
        if (kind.needsSteps() && steps < 1) {
            throw new IllegalArgumentException(
                    "a "
                            + kind.name().toLowerCase(Locale.ROOT)
                            + " schedule needs a number of steps, got "
                            + steps
                            + "; use constant or exponential for an endless stream");
        }
        if (warmupSteps < 0 || !(decay > 0 && decay <= 1) || !(decaySteps > 0)) {
            throw new IllegalArgumentException(
                    "expected 0 or more warm-up steps, a decay above 0 and at most 1, and above 0"
                            + " steps to decay in, got "
                            + warmupSteps
                            + ", "
                            + decay
                            + " and "
                            + decaySteps);
        }
    }

    /** Without warm-up; milestones and decay are MoCo v1's. */
    public Schedule(Kind kind, long steps) {
        this(kind, steps, 0, List.of(0.6, 0.8), 0.1, 1, null);
    }

    /** The factor for the step that follows {@code step} completed ones, 0 to 1. */
    public double factor(long step) {
        if (next != null && isOver(step)) {
            return next.rate() * next.schedule().factor(step - steps);
        }
        if (step < warmupSteps) {
            return (double) step / warmupSteps;
        }
        return switch (kind) {
            case CONSTANT -> 1;
            case STEP -> StrictMath.pow(decay, (double) passed(step));
            case COSINE -> cosine(step - warmupSteps, Math.max(1, steps - warmupSteps));
            case EXPONENTIAL -> StrictMath.pow(decay, (double) step / decaySteps);
        };
    }

    /** Whether a step belongs to what follows this schedule. */
    public boolean isOver(long step) {
        return next != null && step >= steps;
    }

    /** Milestones behind a step. */
    private long passed(long step) {
        return milestones.stream().filter(milestone -> step >= milestone * steps).count();
    }

    private static double cosine(long step, long length) {
        return 0.5 * (1 + StrictMath.cos(Math.PI * Math.min(step, length) / length));
    }
}
