package io.millrace.model.moco;

import static java.util.Objects.requireNonNull;

import io.millrace.model.moco.Contrast.MomentumCourse;
import io.millrace.model.schedule.Schedule;
import java.io.Serializable;

/**
 * Everything that decides what is learned from a sequence of view pairs, valid by construction.
 *
 * @param side height and width of a view, pixels
 * @param batchSize N, view pairs a step
 * @param seed of the initial weights, the initial queue and the keys' permutations
 */
public record MocoSettings(
        EncoderSettings encoder,
        int side,
        int batchSize,
        Contrast contrast,
        BatchNormSplits batchNorm,
        Sgd optimizer,
        Schedule schedule,
        long seed)
        implements Serializable {

    public MocoSettings {
        requireNonNull(encoder, "encoder");
        requireNonNull(contrast, "contrast");
        requireNonNull(batchNorm, "batchNorm");
        requireNonNull(optimizer, "optimizer");
        requireNonNull(schedule, "schedule");
        checkSide(side, encoder.architecture().stem().patch());
        if (batchSize < 2) {
            throw new IllegalArgumentException(
                    "batch size must be 2 or more, since batch norm needs two samples, got "
                            + batchSize);
        }
        if (batchSize % batchNorm.splits() != 0 || batchSize / batchNorm.splits() < 2) {
            throw new IllegalArgumentException(
                    "batch size ("
                            + batchSize
                            + ") must be a multiple of the batch norm splits ("
                            + batchNorm.splits()
                            + "), at least twice as large");
        }
        if (contrast.course() == MomentumCourse.COSINE && schedule.steps() < 1) {
            throw new IllegalArgumentException(
                    "a cosine momentum needs the schedule's number of steps, got "
                            + schedule.steps());
        }
        if (encoder.head().hasPredictor() && !contrast.mechanism().hasKeyEncoder()) {
            throw new IllegalArgumentException(
                    "only a mechanism with a momentum encoder can have a predictor, got "
                            + contrast.mechanism());
        }
        if (contrast.queued() > 0 && contrast.queueCapacity() < contrast.keys(batchSize)) {
            throw new IllegalArgumentException(
                    "queue capacity ("
                            + contrast.queueCapacity()
                            + ") must be at least the keys of a step ("
                            + contrast.keys(batchSize)
                            + ")");
        }
    }

    private static void checkSide(int side, int patch) {
        if (side < 1) {
            throw new IllegalArgumentException("view side must be positive, got " + side);
        }
        if (side % patch != 0) {
            throw new IllegalArgumentException(
                    "view side ("
                            + side
                            + ") must be a multiple of the stem's patches ("
                            + patch
                            + ")");
        }
    }

    /** m of the key encoder's update before the step that follows so many completed ones. */
    double keyMomentum(long step) {
        // At the end of a cosine it is 1, with which an endless phase would learn no more keys.
        return schedule.isOver(step)
                ? contrast.momentum()
                : contrast.momentum(step, schedule.steps());
    }
}
