package io.millrace.operators;

import static java.util.Objects.requireNonNull;

import io.millrace.model.stream.OffsetRange;
import java.util.List;

/**
 * A learner's counters in a checkpoint; its tensors are blobs beside it.
 *
 * @param version of this layout
 * @param shape what the tensors fit: architecture, head, queue and the rows of its entries
 * @param images images trained on
 * @param rejected tombstones passed
 * @param nextSequence place awaited
 * @param consumed ranges trained on
 */
public record LearnerState(
        int version,
        String shape,
        long images,
        long rejected,
        long nextSequence,
        List<OffsetRange> consumed) {

    static final int VERSION = 1;

    public LearnerState {
        requireNonNull(shape, "shape");
        consumed = List.copyOf(consumed);
    }

    /**
     * Checks, before anything is restored, that this state can be.
     *
     * @param asked the shape that the settings ask for
     * @throws IllegalStateException if the layout or the shape is another
     */
    void requireFits(String learner, String asked) {
        if (version != VERSION) {
            throw new IllegalStateException(
                    "learner %s: the checkpoint has state layout %d, expected %d; restore with the version of Millrace that wrote it, or start without it"
                            .formatted(learner, version, VERSION));
        }
        if (!shape.equals(asked)) {
            throw new IllegalStateException(
                    "learner %s: the checkpoint holds %s, the settings ask for %s; restore with the checkpoint's settings, or start without it"
                            .formatted(learner, shape, asked));
        }
    }
}
