package io.millrace.connectors.replay;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The version of {@link ReplaySplitSerializer}; the next window as a split, a count, then each
 * split that came back, all with their lengths.
 */
final class EnumeratorStateSerializer implements SimpleVersionedSerializer<EnumeratorState> {

    private static final ReplaySplitSerializer SPLITS = new ReplaySplitSerializer();

    @Override
    public int getVersion() {
        return SPLITS.getVersion();
    }

    @Override
    public byte[] serialize(EnumeratorState state) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        write(new ReplaySplit(state.manifest(), state.next(), 0), out);
        out.writeInt(state.returned().size());
        for (ReplaySplit split : state.returned()) {
            write(split, out);
        }
        return bytes.toByteArray();
    }

    private static void write(ReplaySplit split, DataOutputStream out) throws IOException {
        byte[] serialized = SPLITS.serialize(split);
        out.writeInt(serialized.length);
        out.write(serialized);
    }

    @Override
    public EnumeratorState deserialize(int version, byte[] serialized) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(serialized));
        ReplaySplit next = read(version, in);
        int count = in.readInt();
        List<ReplaySplit> returned = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            returned.add(read(version, in));
        }
        return new EnumeratorState(next.manifest(), next.window(), returned);
    }

    private static ReplaySplit read(int version, DataInputStream in) throws IOException {
        return SPLITS.deserialize(version, in.readNBytes(in.readInt()));
    }
}
