package io.millrace.operators;

import io.millrace.model.stream.SnapshotPart;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink to leave pieces of snapshots outside the heap, and not to copy them. */
final class SnapshotPartType extends TypeInformation<SnapshotPart> {

    private static final long serialVersionUID = 1L;

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<SnapshotPart> getTypeClass() {
        return SnapshotPart.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<SnapshotPart> createSerializer(SerializerConfig config) {
        return SnapshotPartSerializer.INSTANCE;
    }

    @Override
    public String toString() {
        return "SnapshotPart";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SnapshotPartType;
    }

    @Override
    public int hashCode() {
        return SnapshotPartType.class.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof SnapshotPartType;
    }
}
