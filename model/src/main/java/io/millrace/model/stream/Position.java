package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

import io.millrace.model.torch.SplitMix;

/**
 * Where a record was read, and in which pass over the data; prints as {@code images-3@1042}, the
 * form every message and log uses.
 *
 * @param epoch the pass over the data, from 0; always 0 on a live stream
 */
public record Position(String topic, int partition, long offset, int epoch) {

    public Position {
        requireNonNull(topic, "topic");
    }

    /** What tells images apart: the offset, and where its partition's begin. */
    public long image() {
        return offset + SplitMix.of(0, partition).bits(0);
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
