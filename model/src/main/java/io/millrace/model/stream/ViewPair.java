package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Two random views of one image, or a tombstone: the place in the sequence of a record that was
 * rejected.
 *
 * @param sequence place in the learner's order, from 0
 * @param query first view: 8-bit RGB, interleaved, (side, side, 3); empty in a tombstone
 * @param key second view, of the same form
 */
public record ViewPair(
        Position position,
        long sequence,
        String learner,
        @Nullable String label,
        byte[] query,
        byte[] key) {

    private static final byte[] NOTHING = {};

    public ViewPair {
        requireNonNull(position, "position");
        requireNonNull(learner, "learner");
        requireNonNull(query, "query");
        requireNonNull(key, "key");
        if (query.length != key.length) {
            throw new IllegalArgumentException(
                    position + ": views of " + query.length + " and " + key.length + " bytes");
        }
    }

    /** Keeps the place of a rejected record, so that nobody waits for it. */
    public static ViewPair tombstone(Frame frame) {
        return new ViewPair(
                frame.position(), frame.sequence(), frame.learner(), null, NOTHING, NOTHING);
    }

    public boolean isTombstone() {
        return query.length == 0;
    }
}
