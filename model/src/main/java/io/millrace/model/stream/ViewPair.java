package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Two random views of one image, or a tombstone: the place in the sequence of a record that was
 * rejected. Operators of a chain share the array: nobody writes to it once the pair was emitted.
 *
 * @param sequence place in the learner's order, from 0
 * @param views the query's view and then the key's, each 8-bit RGB, interleaved, (side, side, 3);
 *     empty in a tombstone
 */
public record ViewPair(
        Position position, long sequence, String learner, @Nullable String label, byte[] views) {

    private static final byte[] NOTHING = {};

    public ViewPair {
        requireNonNull(position, "position");
        requireNonNull(learner, "learner");
        requireNonNull(views, "views");
        if (views.length % 2 != 0) {
            throw new IllegalArgumentException(
                    position + ": two views of one size can't take " + views.length + " bytes");
        }
    }

    /** Keeps the place of a rejected record, so that nobody waits for it. */
    public static ViewPair tombstone(Frame frame) {
        return new ViewPair(frame.position(), frame.sequence(), frame.learner(), null, NOTHING);
    }

    public boolean isTombstone() {
        return views.length == 0;
    }

    /** Bytes of one view. */
    public int viewBytes() {
        return views.length / 2;
    }

    /** Appends the query's view. */
    public void putQuery(ByteBuffer target) {
        target.put(views, 0, viewBytes());
    }

    /** Appends the key's view. */
    public void putKey(ByteBuffer target) {
        target.put(views, viewBytes(), viewBytes());
    }
}
