package io.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.model.stream.Frame;
import io.millrace.model.stream.Position;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The image topic's records: key = stream, value = encoded image, headers {@code label} and {@code
 * learner}, all text in UTF-8; other headers are left to their owners.
 */
public final class ImageRecords {

    public static final String LABEL = "label";
    public static final String LEARNER = "learner";

    private static final byte[] NOTHING = {};

    private ImageRecords() {}

    /**
     * Reads any record whatever: bytes are not judged, malformed text is replaced, and a record
     * without a value has no bytes.
     *
     * @param epoch the pass over the data
     */
    public static Frame frame(
            ConsumerRecord<byte @Nullable [], byte @Nullable []> record, int epoch) {
        byte[] key = record.key();
        byte[] value = record.value();
        String learner = text(record.headers(), LEARNER);
        return new Frame(
                new Position(record.topic(), record.partition(), record.offset(), epoch),
                Frame.UNNUMBERED,
                record.timestamp(),
                learner == null ? Frame.DEFAULT_LEARNER : learner,
                key == null ? "" : new String(key, UTF_8),
                text(record.headers(), LABEL),
                value == null ? NOTHING : value);
    }

    /**
     * The record of an image for the default learner.
     *
     * @param stream where it comes from, for example a camera; empty for none
     * @param label class name; null for an unlabelled image
     */
    public static ProducerRecord<byte @Nullable [], byte[]> record(
            String topic, String stream, @Nullable String label, byte[] image) {
        var record =
                new ProducerRecord<byte @Nullable [], byte[]>(
                        topic, stream.isEmpty() ? null : stream.getBytes(UTF_8), image);
        if (label != null) {
            record.headers().add(LABEL, label.getBytes(UTF_8));
        }
        return record;
    }

    /** The same with a named learner. */
    public static ProducerRecord<byte @Nullable [], byte[]> record(
            String topic, String stream, @Nullable String label, byte[] image, String learner) {
        ProducerRecord<byte @Nullable [], byte[]> record = record(topic, stream, label, image);
        record.headers().add(LEARNER, learner.getBytes(UTF_8));
        return record;
    }

    /** The last header of that name, null if there is none or it is empty. */
    private static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null || header.value().length == 0
                ? null
                : new String(header.value(), UTF_8);
    }
}
