package io.millrace.connectors.hybrid;

import io.millrace.connectors.hybrid.PhaseSplit.History;
import io.millrace.connectors.hybrid.PhaseSplit.Live;
import io.millrace.connectors.replay.ReplaySplit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Version 1: whether it is live; if so, window and epoch of its place; then the phase's own split
 * with its serializer's version and its length.
 */
record PhaseSplitSerializer(
        SimpleVersionedSerializer<ReplaySplit> windows,
        SimpleVersionedSerializer<KafkaPartitionSplit> partitions)
        implements SimpleVersionedSerializer<PhaseSplit> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(PhaseSplit split) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        if (split instanceof Live live) {
            out.writeBoolean(true);
            out.writeLong(live.place().window());
            out.writeInt(live.place().epoch());
            Nested.write(partitions, live.partition(), out);
        } else if (split instanceof History history) {
            out.writeBoolean(false);
            Nested.write(windows, history.window(), out);
        }
        return bytes.toByteArray();
    }

    @Override
    public PhaseSplit deserialize(int version, byte[] serialized) throws IOException {
        Nested.require(VERSION, version, "split of a history and its live feed");
        var in = new DataInputStream(new ByteArrayInputStream(serialized));
        if (in.readBoolean()) {
            var place = new Continuation(in.readLong(), in.readInt());
            return new Live(Nested.read(partitions, in), place);
        }
        return new History(Nested.read(windows, in));
    }
}
