package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.array.FloatPrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class RowsSerializerTest {

    private static final TypeSerializer<float[]> FLINK = FloatPrimitiveArraySerializer.INSTANCE;

    @Test
    void rows_areThoseOfFlinksSerializer_ofAnyLength() throws IOException {
        for (int length : new int[] {0, 1, 5, 16 << 10, (16 << 10) + 1, 100_000}) {
            float[] rows = new float[length];
            var random = new Random(length);
            for (int i = 0; i < length; i++) {
                rows[i] = (float) random.nextGaussian();
            }

            byte[] bytes = bytes(RowsSerializer.INSTANCE, rows);

            assertThat(bytes).isEqualTo(bytes(FLINK, rows));
            float[] read = RowsSerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes));
            assertThat(bytes(FLINK, read)).isEqualTo(bytes);
        }
    }

    @Test
    void checkpointsOfFlinksSerializer_canBeRestored() {
        assertThat(
                        RowsSerializer.INSTANCE
                                .snapshotConfiguration()
                                .resolveSchemaCompatibility(FLINK.snapshotConfiguration())
                                .isCompatibleAsIs())
                .isTrue();
    }

    private static byte[] bytes(TypeSerializer<float[]> serializer, float[] rows)
            throws IOException {
        var out = new DataOutputSerializer(64);
        serializer.serialize(rows, out);
        return out.getCopyOfBuffer();
    }
}
