package io.millrace.model.stream;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Puts the pairs of one learner back into sequence order: those that come early wait. */
public final class SequenceBuffer {

    private final Map<Long, ViewPair> early = new HashMap<>();
    private long next;

    /** Expects the sequence from {@code next} on. */
    public SequenceBuffer(long next) {
        this.next = next;
    }

    /**
     * Takes a pair and hands on, in order, every pair whose turn has come.
     *
     * @throws IllegalStateException if the place was taken before, since that would train twice
     */
    public void offer(ViewPair pair, Consumer<ViewPair> inOrder) {
        if (pair.sequence() < next || early.put(pair.sequence(), pair) != null) {
            throw new IllegalStateException(
                    pair.position()
                            + ": expected sequence "
                            + next
                            + " or later of learner "
                            + pair.learner()
                            + ", got "
                            + pair.sequence()
                            + " a second time; sequencer and trainer were restored from different"
                            + " checkpoints");
        }
        for (var turn = early.remove(next); turn != null; turn = early.remove(next)) {
            next++;
            inOrder.accept(turn);
        }
    }

    /** The sequence awaited. */
    public long next() {
        return next;
    }

    /** Pairs waiting for an earlier one. */
    public int waiting() {
        return early.size();
    }
}
