package io.millrace.connectors.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1: offset (i64, big-endian), then the bytes. */
final class AppendedBytesSerializer implements SimpleVersionedSerializer<AppendedBytes> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(AppendedBytes appended) {
        return ByteBuffer.allocate(Long.BYTES + appended.bytes().length)
                .putLong(appended.offset())
                .put(appended.bytes())
                .array();
    }

    @Override
    public AppendedBytes deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException("appended lines of version " + version + ", expected " + VERSION);
        }
        ByteBuffer in = ByteBuffer.wrap(serialized);
        long offset = in.getLong();
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return new AppendedBytes(offset, bytes);
    }
}
