package io.millrace.connectors.replay;

import io.millrace.connectors.replay.ReplayManifest.Range;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1: manifest (topic, epochs, shuffle, ranges), window, place. */
final class ReplaySplitSerializer implements SimpleVersionedSerializer<ReplaySplit> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(ReplaySplit split) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        ReplayManifest manifest = split.manifest();
        out.writeUTF(manifest.topic());
        out.writeInt(manifest.epochs());
        out.writeUTF(manifest.shuffle().kind().name());
        out.writeInt(manifest.shuffle().block());
        out.writeInt(manifest.shuffle().window());
        out.writeLong(manifest.shuffle().seed());
        out.writeInt(manifest.ranges().size());
        for (Range range : manifest.ranges()) {
            out.writeInt(range.partition());
            out.writeLong(range.start());
            out.writeLong(range.end());
        }
        out.writeLong(split.window());
        out.writeInt(split.place());
        return bytes.toByteArray();
    }

    @Override
    public ReplaySplit deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException("replay split of version " + version + ", expected " + VERSION);
        }
        var in = new DataInputStream(new ByteArrayInputStream(serialized));
        String topic = in.readUTF();
        int epochs = in.readInt();
        var shuffle =
                new Shuffle(
                        Shuffle.Kind.valueOf(in.readUTF()),
                        in.readInt(),
                        in.readInt(),
                        in.readLong());
        int count = in.readInt();
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ranges.add(new Range(in.readInt(), in.readLong(), in.readLong()));
        }
        var manifest = new ReplayManifest(topic, ranges, epochs, shuffle);
        return new ReplaySplit(manifest, in.readLong(), in.readInt());
    }
}
