package io.millrace.connectors.snapshots;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.model.snapshot.StagedSnapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1: the record's components in order; text as length and UTF-8, of any length. */
final class StagedSnapshotSerializer implements SimpleVersionedSerializer<StagedSnapshot> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(StagedSnapshot snapshot) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        write(out, snapshot.learner());
        out.writeLong(snapshot.step());
        out.writeLong(snapshot.images());
        write(out, snapshot.staged());
        write(out, snapshot.published());
        write(out, snapshot.weightsSha256());
        out.writeBoolean(snapshot.completed());
        return bytes.toByteArray();
    }

    @Override
    public StagedSnapshot deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException("staged snapshot of version " + version + ", not " + VERSION);
        }
        var in = new DataInputStream(new ByteArrayInputStream(serialized));
        return new StagedSnapshot(
                read(in),
                in.readLong(),
                in.readLong(),
                read(in),
                read(in),
                read(in),
                in.readBoolean());
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String read(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), UTF_8);
    }
}
