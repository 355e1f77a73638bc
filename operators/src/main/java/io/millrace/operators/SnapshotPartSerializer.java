package io.millrace.operators;

import io.millrace.model.stream.Progress;
import io.millrace.model.stream.SnapshotPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Components in order, data as a {@link Blob}'s. Copying returns the same piece: none change. */
final class SnapshotPartSerializer extends TypeSerializerSingleton<SnapshotPart> {

    private static final long serialVersionUID = 1L;

    static final SnapshotPartSerializer INSTANCE = new SnapshotPartSerializer();

    /** To be duplicated: serializers of records are for one thread. */
    private static final TypeSerializer<Progress> PROGRESS =
            TypeInformation.of(Progress.class).createSerializer(new SerializerConfigImpl());

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public SnapshotPart createInstance() {
        return new SnapshotPart("", 0, SnapshotPart.Kind.WEIGHTS, ByteBuffer.allocate(0), null);
    }

    @Override
    public SnapshotPart copy(SnapshotPart from) {
        return from;
    }

    @Override
    public SnapshotPart copy(SnapshotPart from, SnapshotPart reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(SnapshotPart part, DataOutputView target) throws IOException {
        target.writeUTF(part.learner());
        target.writeLong(part.step());
        target.writeUTF(part.kind().name());
        BlobSerializer.INSTANCE.serialize(new Blob(part.data().slice()), target);
        target.writeBoolean(part.progress() != null);
        if (part.progress() != null) {
            PROGRESS.duplicate().serialize(part.progress(), target);
        }
    }

    @Override
    public SnapshotPart deserialize(DataInputView source) throws IOException {
        return new SnapshotPart(
                source.readUTF(),
                source.readLong(),
                SnapshotPart.Kind.valueOf(source.readUTF()),
                BlobSerializer.INSTANCE.deserialize(source).bytes(),
                source.readBoolean() ? PROGRESS.duplicate().deserialize(source) : null);
    }

    @Override
    public SnapshotPart deserialize(SnapshotPart reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<SnapshotPart> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says that channels hold pieces in this form. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SnapshotPart> {
        /** Called by Flink on restore. */
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
