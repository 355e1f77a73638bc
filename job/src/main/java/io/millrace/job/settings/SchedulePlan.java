package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

import io.millrace.model.schedule.Schedule;
import java.io.Serializable;
import java.util.List;

/**
 * A schedule whose length may be open.
 *
 * @param steps 0 for the run's own length
 * @param warmupSteps steps in which the rate rises
 * @param milestones fractions of the length
 * @param decay factor at each milestone, or in each {@code decayImages}
 * @param decayImages of an exponential schedule
 */
public record SchedulePlan(
        Schedule.Kind kind,
        long steps,
        long warmupSteps,
        List<Double> milestones,
        double decay,
        long decayImages)
        implements Serializable {

    public SchedulePlan {
        requireNonNull(kind, "kind");
        milestones = List.copyOf(milestones);
    }

    SchedulePlan withSteps(long newSteps) {
        return new SchedulePlan(kind, newSteps, warmupSteps, milestones, decay, decayImages);
    }

    Schedule schedule(int batchSize) {
        if (kind.needsSteps() && steps == 0) {
            throw new IllegalStateException(
                    "schedule.kind is "
                            + kind
                            + " and schedule.steps is 0, the run's own length, which nobody has"
                            + " said; set schedule.steps, or schedule.kind: constant for an"
                            + " endless stream");
        }
        return new Schedule(
                kind, steps, warmupSteps, milestones, decay, (double) decayImages / batchSize);
    }
}
