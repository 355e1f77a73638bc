package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

import io.millrace.model.schedule.Schedule;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schedule whose length may be open.
 *
 * @param steps 0 for the run's own length
 * @param warmupSteps steps in which the rate rises
 * @param milestones fractions of the length
 * @param decay factor at each milestone, or in each {@code decayImages}
 * @param decayImages of an exponential schedule
 * @param live the course of the live feed that follows; null if none does
 */
public record SchedulePlan(
        Schedule.Kind kind,
        long steps,
        long warmupSteps,
        List<Double> milestones,
        double decay,
        long decayImages,
        @Nullable Live live)
        implements Serializable {

    /**
     * The course of an endless feed.
     *
     * @param rate of the base rate
     * @param decay factor in each {@code decayImages}; 1 for a constant one
     */
    record Live(double rate, long warmupSteps, double decay, long decayImages)
            implements Serializable {

        Schedule.Phase phase(int batchSize) {
            return new Schedule.Phase(
                    rate,
                    new Schedule(
                            decay < 1 ? Schedule.Kind.EXPONENTIAL : Schedule.Kind.CONSTANT,
                            0,
                            warmupSteps,
                            List.of(),
                            decay,
                            (double) decayImages / batchSize,
                            null));
        }
    }

    public SchedulePlan {
        requireNonNull(kind, "kind");
        milestones = List.copyOf(milestones);
    }

    SchedulePlan withSteps(long newSteps) {
        return new SchedulePlan(kind, newSteps, warmupSteps, milestones, decay, decayImages, live);
    }

    /** Whether it depends on the length of the run, or of the history before a live feed. */
    boolean needsSteps() {
        return kind.needsSteps() || live != null;
    }

    Schedule schedule(int batchSize) {
        if (needsSteps() && steps == 0) {
            throw new IllegalStateException(
                    "schedule.kind is "
                            + kind
                            + " and schedule.steps is 0, the run's own length, which nobody has"
                            + " said; set schedule.steps, or schedule.kind: constant for an"
                            + " endless stream");
        }
        return new Schedule(
                kind,
                steps,
                warmupSteps,
                milestones,
                decay,
                (double) decayImages / batchSize,
                live == null ? null : live.phase(batchSize));
    }
}
