package io.millrace.operators;

import static java.util.Objects.requireNonNull;

import io.millrace.model.stream.OffsetRange;
import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * A learner's counters in a checkpoint; its tensors are blobs beside it.
 *
 * @param version of this layout
 * @param shape what the tensors fit, as {@link CheckpointShape} says it
 * @param images images trained on
 * @param rejected tombstones passed
 * @param nextSequence place awaited
 * @param consumed ranges trained on
 * @param dropped ranges that belong to no step by rule
 */
public record LearnerState(
        int version,
        String shape,
        long images,
        long rejected,
        long nextSequence,
        List<OffsetRange> consumed,
        List<OffsetRange> dropped) {

    static final int VERSION = 2;

    public LearnerState {
        requireNonNull(shape, "shape");
        consumed = List.copyOf(consumed);
        dropped = List.copyOf(dropped);
    }

    /** Of a learner that has been given nothing yet. */
    static LearnerState nothing(String shape) {
        return new LearnerState(VERSION, shape, 0, 0, 0, List.of(), List.of());
    }

    /**
     * Checks, before anything is restored, that this state can be.
     *
     * @param asked the shape that the settings ask for
     * @throws SuppressRestartsException if the layout or the shape is another
     */
    void requireFits(String learner, String asked) {
        if (version != VERSION) {
            throw unfit(
                    "learner %s: the checkpoint has state layout %d, expected %d; restore with the version of Millrace that wrote it, or %s"
                            .formatted(learner, version, VERSION, CheckpointShape.WAY_ACROSS));
        }
        if (!shape.equals(asked)) {
            throw unfit(
                    "learner %s: the checkpoint does not fit the settings: %s; restore with the checkpoint's settings, or %s"
                            .formatted(
                                    learner,
                                    CheckpointShape.difference(shape, asked),
                                    CheckpointShape.WAY_ACROSS));
        }
    }

    /** A restart would only find the same. */
    private static SuppressRestartsException unfit(String message) {
        return new SuppressRestartsException(new IllegalStateException(message));
    }
}
