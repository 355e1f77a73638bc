package io.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.stream.DeadLetter;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.Position;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema.KafkaSinkContext;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class DeadLetterRecordsTest {

    private static final int MAX_KEY_BYTES = 16 << 10;

    @Test
    void serialize_cutsTextsAndOmitsTheKey_whenTheyAreHuge() {
        String huge = "€".repeat(1 << 20);

        ProducerRecord<byte[], byte[]> record = serialize(huge, huge);

        assertThat(record.key()).isNull();
        assertThat(header(record, "key-omitted")).isEqualTo(Integer.toString(3 << 20));
        for (String name : new String[] {"label", "learner", "detail"}) {
            assertThat(header(record, name)).isEqualTo("€".repeat(1024));
        }
        assertThat(record.value()).containsExactly(1, 2, 3);
    }

    @Test
    void serialize_keepsTheKey_whenItIsJustSmallEnough() {
        ProducerRecord<byte[], byte[]> record = serialize("k".repeat(MAX_KEY_BYTES), "cat");

        assertThat(record.key()).hasSize(MAX_KEY_BYTES);
        assertThat(record.headers().lastHeader("key-omitted")).isNull();
        assertThat(header(record, "label")).isEqualTo("cat");
    }

    private static ProducerRecord<byte[], byte[]> serialize(String key, String text) {
        var frame =
                new Frame(
                        new Position("images", 0, 7, 0),
                        Frame.UNNUMBERED,
                        0,
                        text,
                        key,
                        text,
                        new byte[] {1, 2, 3});
        return new DeadLetterRecords("dead", 3)
                .serialize(new DeadLetter(frame, "CORRUPT", text), new OneSubtask(), 0L);
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static final class OneSubtask implements KafkaSinkContext {

        @Override
        public int getParallelInstanceId() {
            return 0;
        }

        @Override
        public int getNumberOfParallelInstances() {
            return 1;
        }

        @Override
        public int[] getPartitionsForTopic(String topic) {
            return new int[] {0};
        }
    }
}
