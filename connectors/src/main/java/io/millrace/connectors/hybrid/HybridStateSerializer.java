package io.millrace.connectors.hybrid;

import io.millrace.connectors.replay.EnumeratorState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1: the history's state, whether the live feed has begun, and if so its state. */
record HybridStateSerializer(
        SimpleVersionedSerializer<EnumeratorState> history,
        SimpleVersionedSerializer<KafkaSourceEnumState> live)
        implements SimpleVersionedSerializer<HybridState> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(HybridState state) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        Nested.write(history, state.history(), out);
        KafkaSourceEnumState begun = state.live();
        out.writeBoolean(begun != null);
        if (begun != null) {
            Nested.write(live, begun, out);
        }
        return bytes.toByteArray();
    }

    @Override
    public HybridState deserialize(int version, byte[] serialized) throws IOException {
        Nested.require(VERSION, version, "state of a history and its live feed");
        var in = new DataInputStream(new ByteArrayInputStream(serialized));
        EnumeratorState replay = Nested.read(history, in);
        return new HybridState(replay, in.readBoolean() ? Nested.read(live, in) : null);
    }
}
