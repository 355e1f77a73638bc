package io.millrace.connectors.replay;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The version of {@link ReplaySplitSerializer}; a count, then each split with its length. */
final class WaitingSplitsSerializer implements SimpleVersionedSerializer<WaitingSplits> {

    private static final ReplaySplitSerializer SPLITS = new ReplaySplitSerializer();

    @Override
    public int getVersion() {
        return SPLITS.getVersion();
    }

    @Override
    public byte[] serialize(WaitingSplits waiting) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(waiting.splits().size());
        for (ReplaySplit split : waiting.splits()) {
            byte[] serialized = SPLITS.serialize(split);
            out.writeInt(serialized.length);
            out.write(serialized);
        }
        return bytes.toByteArray();
    }

    @Override
    public WaitingSplits deserialize(int version, byte[] serialized) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(serialized));
        int count = in.readInt();
        List<ReplaySplit> splits = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            splits.add(SPLITS.deserialize(version, in.readNBytes(in.readInt())));
        }
        return new WaitingSplits(splits);
    }
}
