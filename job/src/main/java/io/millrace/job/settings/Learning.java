package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

import io.millrace.model.moco.BatchNormSplits;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.EncoderSettings;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.moco.Sgd;
import io.millrace.model.schedule.Schedule;
import java.io.Serializable;

/**
 * What is learned, but for the length of a schedule that follows the run's.
 *
 * @param batchSize N, view pairs a step
 * @param seed of weights, queue, permutations and views
 */
public record Learning(
        EncoderSettings encoder,
        int batchSize,
        Contrast contrast,
        BatchNormSplits batchNorm,
        Sgd optimizer,
        SchedulePlan schedule,
        long seed)
        implements Serializable {

    /**
     * A schedule whose length may be open.
     *
     * @param steps 0 for the run's own length
     */
    public record SchedulePlan(Schedule.Kind kind, long steps) implements Serializable {

        public SchedulePlan {
            requireNonNull(kind, "kind");
        }

        boolean needsSteps() {
            return kind == Schedule.Kind.COSINE && steps == 0;
        }

        Schedule schedule() {
            if (needsSteps()) {
                throw new IllegalStateException(
                        "schedule.kind is cosine and schedule.steps is 0, the run's own length,"
                                + " which nobody has said; set schedule.steps, or"
                                + " schedule.kind: constant for an endless stream");
            }
            return new Schedule(kind, steps);
        }
    }

    public Learning {
        requireNonNull(encoder, "encoder");
        requireNonNull(contrast, "contrast");
        requireNonNull(batchNorm, "batchNorm");
        requireNonNull(optimizer, "optimizer");
        requireNonNull(schedule, "schedule");
    }

    MocoSettings moco(int side) {
        return new MocoSettings(
                encoder,
                side,
                batchSize,
                contrast,
                batchNorm,
                optimizer,
                schedule.schedule(),
                seed);
    }

    Learning withScheduleSteps(long steps) {
        return new Learning(
                encoder,
                batchSize,
                contrast,
                batchNorm,
                optimizer,
                new SchedulePlan(schedule.kind(), steps),
                seed);
    }
}
