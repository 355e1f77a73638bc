package io.millrace.operators;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes a {@link Blob} as its length and bytes, through a small piece of heap at a time. Copying
 * returns the same blob, since blobs never change.
 */
final class BlobSerializer extends TypeSerializerSingleton<Blob> {

    private static final long serialVersionUID = 1L;

    static final BlobSerializer INSTANCE = new BlobSerializer();

    private static final int PIECE = 64 << 10;

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public Blob createInstance() {
        return new Blob(ByteBuffer.allocateDirect(0));
    }

    @Override
    public Blob copy(Blob from) {
        return from;
    }

    @Override
    public Blob copy(Blob from, Blob reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(Blob blob, DataOutputView target) throws IOException {
        ByteBuffer bytes = blob.bytes();
        target.writeInt(bytes.remaining());
        byte[] piece = new byte[Math.min(PIECE, bytes.remaining())];
        while (bytes.hasRemaining()) {
            int length = Math.min(piece.length, bytes.remaining());
            bytes.get(piece, 0, length);
            target.write(piece, 0, length);
        }
    }

    @Override
    public Blob deserialize(DataInputView source) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(source.readInt());
        byte[] piece = new byte[Math.min(PIECE, bytes.capacity())];
        while (bytes.hasRemaining()) {
            int length = Math.min(piece.length, bytes.remaining());
            source.readFully(piece, 0, length);
            bytes.put(piece, 0, length);
        }
        return new Blob(bytes.flip());
    }

    @Override
    public Blob deserialize(Blob reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        int length = source.readInt();
        target.writeInt(length);
        target.write(source, length);
    }

    @Override
    public TypeSerializerSnapshot<Blob> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says that checkpoints hold blobs in this form. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Blob> {
        /** Called by Flink on restore. */
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
