package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A piece of an encoder on its way to be published. All pieces of one come between two checkpoint
 * barriers, in the order of their bytes, and an end after them: so nobody has to hold an encoder of
 * hundreds of megabytes on the heap.
 *
 * @param data up to {@link #MAX_BYTES} from position to limit, never changed, best outside the
 *     heap; none at the end
 * @param progress where training stood; at the end only
 */
public record SnapshotPart(
        String learner, long step, Kind kind, ByteBuffer data, @Nullable Progress progress) {

    /** The longest piece. */
    public static final int MAX_BYTES = 1 << 20;

    /** What a piece belongs to. */
    public enum Kind {
        /** {@code model.safetensors}: torchvision's names. */
        WEIGHTS,
        /** {@code head.safetensors}: the projection head. */
        HEAD,
        /** All has come. */
        END,
        /** All has come, the input has ended, and this is the run's last. */
        END_OF_RUN
    }

    public SnapshotPart {
        requireNonNull(learner, "learner");
        requireNonNull(kind, "kind");
        requireNonNull(data, "data");
        boolean end = kind == Kind.END || kind == Kind.END_OF_RUN;
        if (end != (progress != null)) {
            throw new IllegalArgumentException(
                    kind + " of " + learner + ": progress comes with the end, and only then");
        }
    }

    /** The last piece of the encoder that stands there. */
    public static SnapshotPart end(Progress progress, boolean completed) {
        return new SnapshotPart(
                progress.learner(),
                progress.step(),
                completed ? Kind.END_OF_RUN : Kind.END,
                ByteBuffer.allocate(0),
                progress);
    }
}
