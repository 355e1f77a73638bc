package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.stream.OffsetRange;
import io.millrace.model.stream.Progress;
import io.millrace.model.stream.SnapshotPart;
import io.millrace.model.stream.SnapshotParts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class SnapshotPartSerializerTest {

    @Test
    void parts_comeInOrderAndWhole_whenTheyGoToAnotherMachine() throws IOException {
        byte[] weights = new byte[SnapshotPart.MAX_BYTES + 7];
        new Random(1).nextBytes(weights);
        var range = new OffsetRange("images", 1, 2, 3, 5, 2, 0);
        var progress = new Progress("cam", 7, 14, 1, List.of(range), List.of(), List.of(), "ab");
        List<SnapshotPart> sent = new ArrayList<>();
        ByteBuffer direct = ByteBuffer.allocateDirect(weights.length).put(weights).flip();
        new SnapshotParts("cam", 7, SnapshotPart.Kind.WEIGHTS, sent::add).write(direct);
        sent.add(SnapshotPart.end(progress, true));

        List<SnapshotPart> received = new ArrayList<>();
        for (SnapshotPart part : sent) {
            received.add(passedOn(part));
        }

        assertThat(received).isEqualTo(sent);
        assertThat(sent)
                .extracting(part -> part.data().remaining())
                .containsExactly(SnapshotPart.MAX_BYTES, 7, 0);
        assertThat(sent.get(0).data().isDirect()).isTrue();
        assertThat(SnapshotPartSerializer.INSTANCE.copy(sent.get(0))).isSameAs(sent.get(0));
    }

    private static SnapshotPart passedOn(SnapshotPart part) throws IOException {
        var out = new DataOutputSerializer(64);
        SnapshotPartSerializer.INSTANCE.serialize(part, out);
        return SnapshotPartSerializer.INSTANCE.deserialize(
                new DataInputDeserializer(out.getCopyOfBuffer()));
    }
}
