package io.millrace.connectors.hybrid;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Something of another serializer: its version, its length, its bytes. */
final class Nested {

    private Nested() {}

    static <T> void write(SimpleVersionedSerializer<T> serializer, T value, DataOutputStream out)
            throws IOException {
        byte[] bytes = serializer.serialize(value);
        out.writeInt(serializer.getVersion());
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static <T> T read(SimpleVersionedSerializer<T> serializer, DataInputStream in)
            throws IOException {
        int version = in.readInt();
        return serializer.deserialize(version, in.readNBytes(in.readInt()));
    }

    static void require(int expected, int version, String what) throws IOException {
        if (version != expected) {
            throw new IOException(what + ": version " + version + ", expected " + expected);
        }
    }
}
