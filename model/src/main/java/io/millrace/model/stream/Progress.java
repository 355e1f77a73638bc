package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Where a learner stands.
 *
 * @param step optimiser steps taken
 * @param images images trained on, one per view pair
 * @param rejected records set aside as dead letters
 * @param consumed what was read to get here: a range per partition and epoch, in that order
 * @param dropped what was read and belongs to no step by rule, such as a last batch that is not
 *     whole, in the same form; its images were not trained on
 * @param pending what was read and waits for a batch to be whole, in the same form
 * @param queueSha256 SHA-256 of the queue's keys that are trained against next, lower-case
 *     hexadecimal; empty without a queue, or where it was not asked for
 */
public record Progress(
        String learner,
        long step,
        long images,
        long rejected,
        List<OffsetRange> consumed,
        List<OffsetRange> dropped,
        List<OffsetRange> pending,
        String queueSha256) {

    public Progress {
        requireNonNull(learner, "learner");
        consumed = List.copyOf(consumed);
        dropped = List.copyOf(dropped);
        pending = List.copyOf(pending);
        requireNonNull(queueSha256, "queueSha256");
    }

    /** Of a learner that has dropped nothing and waits for nothing. */
    public Progress(
            String learner, long step, long images, long rejected, List<OffsetRange> consumed) {
        this(learner, step, images, rejected, consumed, List.of(), List.of(), "");
    }
}
