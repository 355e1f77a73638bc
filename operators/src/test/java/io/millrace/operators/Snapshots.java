package io.millrace.operators;

import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.SnapshotPart;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/** The snapshots that an operator under test has sent, put together from their pieces. */
final class Snapshots {

    private Snapshots() {}

    /** All, in the order of their ends. */
    static List<EncoderSnapshot> all(AbstractStreamOperatorTestHarness<?> harness) {
        List<EncoderSnapshot> snapshots = new ArrayList<>();
        var weights = new ByteArrayOutputStream();
        var head = new ByteArrayOutputStream();
        for (StreamRecord<SnapshotPart> sent : harness.getSideOutput(TrainOperator.SNAPSHOTS)) {
            SnapshotPart part = sent.getValue();
            byte[] bytes = new byte[part.data().remaining()];
            part.data().duplicate().get(bytes);
            (part.kind() == SnapshotPart.Kind.WEIGHTS ? weights : head).writeBytes(bytes);
            if (part.progress() != null) {
                boolean completed = part.kind() == SnapshotPart.Kind.END_OF_RUN;
                snapshots.add(
                        new EncoderSnapshot(
                                part.progress(),
                                weights.toByteArray(),
                                head.toByteArray(),
                                completed));
                weights.reset();
                head.reset();
            }
        }
        return snapshots;
    }

    /** The newest; there must be one. */
    static EncoderSnapshot last(AbstractStreamOperatorTestHarness<?> harness) {
        List<EncoderSnapshot> snapshots = all(harness);
        return snapshots.get(snapshots.size() - 1);
    }
}
