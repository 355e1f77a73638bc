package io.millrace.connectors.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1: a file offset (i64, big-endian). */
final class OffsetSerializer implements SimpleVersionedSerializer<Long> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(Long offset) {
        return ByteBuffer.allocate(Long.BYTES).putLong(offset).array();
    }

    @Override
    public Long deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException("file offset of version " + version + ", expected " + VERSION);
        }
        return ByteBuffer.wrap(serialized).getLong();
    }
}
