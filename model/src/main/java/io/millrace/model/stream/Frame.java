package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * One record of the image topic, bytes unjudged.
 *
 * @param sequence place in the learner's order, from 0; {@link #UNNUMBERED} before the sequencer
 * @param timestamp the record's Kafka timestamp, milliseconds since 1970
 * @param learner the encoder that trains on it, from the header {@code learner}
 * @param stream the record's key, for example a camera; empty if it has none
 * @param label class name, from the header {@code label}; null for an unlabelled record
 * @param bytes the encoded image; empty for a record without a value
 */
public record Frame(
        Position position,
        long sequence,
        long timestamp,
        String learner,
        String stream,
        @Nullable String label,
        byte[] bytes) {

    /** The sequence of a frame that has not been numbered yet. */
    public static final long UNNUMBERED = -1;

    /** The learner of records that name none. */
    public static final String DEFAULT_LEARNER = "default";

    public Frame {
        requireNonNull(position, "position");
        requireNonNull(learner, "learner");
        requireNonNull(stream, "stream");
        requireNonNull(bytes, "bytes");
    }

    /** The same frame at its place in the learner's order. */
    public Frame numbered(long place) {
        return new Frame(position, place, timestamp, learner, stream, label, bytes);
    }
}
