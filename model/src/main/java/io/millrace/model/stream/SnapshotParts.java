package io.millrace.model.stream;

import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.Consumer;

/** Cuts what is written to it into pieces of a snapshot's file, which share its memory. */
public final class SnapshotParts implements WritableByteChannel {

    private final String learner;
    private final long step;
    private final SnapshotPart.Kind kind;
    private final Consumer<SnapshotPart> out;

    /** A channel to one file; buffers written to it must not change afterwards. */
    public SnapshotParts(
            String learner, long step, SnapshotPart.Kind kind, Consumer<SnapshotPart> out) {
        this.learner = learner;
        this.step = step;
        this.kind = kind;
        this.out = out;
    }

    /** The pieces of an encoder that is in memory anyway. */
    public static void of(EncoderSnapshot snapshot, Consumer<SnapshotPart> out) {
        Progress progress = snapshot.progress();
        String learner = progress.learner();
        new SnapshotParts(learner, progress.step(), SnapshotPart.Kind.WEIGHTS, out)
                .write(ByteBuffer.wrap(snapshot.weights()));
        new SnapshotParts(learner, progress.step(), SnapshotPart.Kind.HEAD, out)
                .write(ByteBuffer.wrap(snapshot.head()));
        out.accept(SnapshotPart.end(progress, snapshot.completed()));
    }

    @Override
    public int write(ByteBuffer bytes) {
        int written = bytes.remaining();
        while (bytes.hasRemaining()) {
            int length = Math.min(SnapshotPart.MAX_BYTES, bytes.remaining());
            ByteBuffer piece = bytes.slice(bytes.position(), length).asReadOnlyBuffer();
            out.accept(new SnapshotPart(learner, step, kind, piece, null));
            bytes.position(bytes.position() + length);
        }
        return written;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
