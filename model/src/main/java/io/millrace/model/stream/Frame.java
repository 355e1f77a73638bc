package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * One record of the image topic, bytes unjudged. Operators of a chain share the array: nobody
 * writes to it once the frame was emitted.
 *
 * @param sequence place in the learner's order, from 0; before the sequencer the window of a
 *     replay's order, or {@link #UNNUMBERED} for the order of arrival
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

    private static final int NO_PARTITION = -1;

    /** The learner of records that name none. */
    public static final String DEFAULT_LEARNER = "default";

    public Frame {
        requireNonNull(position, "position");
        requireNonNull(learner, "learner");
        requireNonNull(stream, "stream");
        requireNonNull(bytes, "bytes");
    }

    /** No record, but word that all records of a window of a replay's order have been emitted. */
    public static Frame endOfWindow(String topic, long window) {
        var nowhere = new Position(topic, NO_PARTITION, 0, 0);
        return new Frame(nowhere, window, 0, "", "", null, new byte[0]);
    }

    /** Whether this is no record but the end of a window. */
    public boolean isEndOfWindow() {
        return position.partition() == NO_PARTITION;
    }

    /** The same frame at another place of the order. */
    public Frame numbered(long place) {
        return new Frame(position, place, timestamp, learner, stream, label, bytes);
    }
}
