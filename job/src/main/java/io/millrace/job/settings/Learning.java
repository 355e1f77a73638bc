package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

import io.millrace.model.moco.BatchNormSplits;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.Contrast.MomentumCourse;
import io.millrace.model.moco.EncoderSettings;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.moco.Sgd;
import io.millrace.model.snapshot.WeightsFile;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What is learned, but for the length of a schedule that follows the run's.
 *
 * @param batchSize N, view pairs a step
 * @param seed of weights, queue, permutations and views
 * @param initial weights to start from, which no option names; null for random ones
 */
public record Learning(
        EncoderSettings encoder,
        int batchSize,
        Contrast contrast,
        BatchNormSplits batchNorm,
        Sgd optimizer,
        SchedulePlan schedule,
        long seed,
        @Nullable WeightsFile initial)
        implements Serializable {

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
                schedule.schedule(batchSize),
                seed);
    }

    /** Whether something follows the run's length, which is still to be said. */
    boolean needsSteps() {
        boolean needed = schedule.needsSteps() || contrast.course() == MomentumCourse.COSINE;
        return needed && schedule.steps() == 0;
    }

    Learning withScheduleSteps(long steps) {
        return new Learning(
                encoder,
                batchSize,
                contrast,
                batchNorm,
                optimizer,
                schedule.withSteps(steps),
                seed,
                initial);
    }

    Learning withInitial(WeightsFile weights) {
        return new Learning(
                encoder, batchSize, contrast, batchNorm, optimizer, schedule, seed, weights);
    }
}
