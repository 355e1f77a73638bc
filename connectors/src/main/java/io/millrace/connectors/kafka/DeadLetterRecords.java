package io.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.model.stream.DeadLetter;
import io.millrace.model.stream.Frame;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Dead letters as records: key and value of the original, and headers that say why ({@code reason},
 * {@code detail}) and which record ({@code topic}, {@code partition}, {@code offset}, {@code
 * epoch}, {@code timestamp}, {@code label}, {@code learner}). A value that the topic would refuse
 * stays where it was, and {@code value-omitted} says how many bytes it has; likewise {@code
 * key-omitted} for a key above 16 KiB. Longer texts than 1,024 characters are cut.
 */
final class DeadLetterRecords implements KafkaRecordSerializationSchema<DeadLetter> {

    private static final long serialVersionUID = 1L;

    private static final byte[] NOTHING = {};

    /** Headers have to fit beside the value; a text longer than this is cut, in characters. */
    private static final int MAX_TEXT = 1024;

    private static final int MAX_KEY_BYTES = 16 << 10;

    private final String topic;
    private final int maxValueBytes;

    DeadLetterRecords(String topic, int maxValueBytes) {
        this.topic = topic;
        this.maxValueBytes = maxValueBytes;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            DeadLetter letter, KafkaSinkContext context, Long timestamp) {
        Frame frame = letter.frame();
        boolean fits = frame.bytes().length <= maxValueBytes;
        byte[] key = frame.stream().getBytes(UTF_8);
        boolean keyFits = key.length <= MAX_KEY_BYTES;
        var record =
                new ProducerRecord<byte[], byte[]>(
                        topic, keyFits ? key : null, fits ? frame.bytes() : NOTHING);
        Headers headers = record.headers();
        put(headers, "reason", letter.reason());
        put(headers, "detail", letter.detail());
        put(headers, "topic", frame.position().topic());
        put(headers, "partition", frame.position().partition());
        put(headers, "offset", frame.position().offset());
        put(headers, "epoch", frame.position().epoch());
        put(headers, "timestamp", frame.timestamp());
        put(headers, ImageRecords.LEARNER, frame.learner());
        if (frame.label() != null) {
            put(headers, ImageRecords.LABEL, frame.label());
        }
        if (!fits) {
            put(headers, "value-omitted", frame.bytes().length);
        }
        if (!keyFits) {
            put(headers, "key-omitted", key.length);
        }
        return record;
    }

    private static void put(Headers headers, String name, Object value) {
        String text = value.toString();
        headers.add(name, text.substring(0, Math.min(text.length(), MAX_TEXT)).getBytes(UTF_8));
    }
}
