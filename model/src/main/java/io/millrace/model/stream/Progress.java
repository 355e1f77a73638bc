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
 */
public record Progress(
        String learner, long step, long images, long rejected, List<OffsetRange> consumed) {

    public Progress {
        requireNonNull(learner, "learner");
        consumed = List.copyOf(consumed);
    }
}
