package io.millrace.operators;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.api.common.typeutils.base.array.FloatPrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Rows of floats in the form of Flink's {@link FloatPrimitiveArraySerializer}, whose checkpoints it
 * reads, but read many numbers at a time: a checkpoint's file is read unbuffered, so that a number
 * at a time takes four system calls each, minutes for a queue of 65,536 keys.
 */
final class RowsSerializer extends TypeSerializerSingleton<float[]> {

    private static final long serialVersionUID = 1L;

    static final RowsSerializer INSTANCE = new RowsSerializer();

    private static final int PIECE = 16 << 10;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public float[] createInstance() {
        return new float[0];
    }

    @Override
    public float[] copy(float[] from) {
        return from.clone();
    }

    @Override
    public float[] copy(float[] from, float[] reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(float[] rows, DataOutputView target) throws IOException {
        FloatPrimitiveArraySerializer.INSTANCE.serialize(
                rows, target); // files are written buffered
    }

    @Override
    public float[] deserialize(DataInputView source) throws IOException {
        float[] rows = new float[source.readInt()];
        ByteBuffer piece = ByteBuffer.allocate(Float.BYTES * Math.min(PIECE, rows.length));
        FloatBuffer numbers = piece.asFloatBuffer();
        for (int from = 0; from < rows.length; from += PIECE) {
            int count = Math.min(PIECE, rows.length - from);
            source.readFully(piece.array(), 0, count * Float.BYTES);
            numbers.rewind().get(rows, from, count);
        }
        return rows;
    }

    @Override
    public float[] deserialize(float[] reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        int length = source.readInt();
        target.writeInt(length);
        target.write(source, length * Float.BYTES);
    }

    @Override
    public TypeSerializerSnapshot<float[]> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says that checkpoints hold rows in this form, which is that of Flink's arrays. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<float[]> {
        /** Called by Flink on restore. */
        public Snapshot() {
            super(() -> INSTANCE);
        }

        @Override
        public TypeSerializerSchemaCompatibility<float[]> resolveSchemaCompatibility(
                TypeSerializerSnapshot<float[]> before) {
            return before
                            instanceof
                            FloatPrimitiveArraySerializer.FloatPrimitiveArraySerializerSnapshot
                    ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                    : super.resolveSchemaCompatibility(before);
        }
    }
}
