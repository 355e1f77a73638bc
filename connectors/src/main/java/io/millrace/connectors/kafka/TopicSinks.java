package io.millrace.connectors.kafka;

import io.millrace.model.stream.DeadLetter;
import java.util.Map;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Sinks to topics; readers of committed records see each record once, with the checkpoints. */
public final class TopicSinks {

    /** Room for the headers of a dead letter beside its value, bytes. */
    private static final int OVERHEAD = 64 << 10;

    private TopicSinks() {}

    /** Lines of {@link MetricLines} as values. */
    public static KafkaSink<String> lines(
            KafkaConnection connection, String topic, Transactions transactions) {
        return sink(
                connection,
                KafkaRecordSerializationSchema.<String>builder()
                        .setTopic(topic)
                        .setValueSerializationSchema(new SimpleStringSchema())
                        .build(),
                transactions,
                1 << 20);
    }

    /**
     * Dead letters with their original bytes.
     *
     * @param maxValueBytes the largest value sent; the topic's {@code max.message.bytes} must be 64
     *     KiB larger, which leaves room for key and headers
     */
    public static KafkaSink<DeadLetter> deadLetters(
            KafkaConnection connection,
            String topic,
            Transactions transactions,
            int maxValueBytes) {
        return sink(
                connection,
                new DeadLetterRecords(topic, maxValueBytes),
                transactions,
                Math.addExact(maxValueBytes, OVERHEAD));
    }

    private static <T> KafkaSink<T> sink(
            KafkaConnection connection,
            KafkaRecordSerializationSchema<T> serializer,
            Transactions transactions,
            int maxRequestBytes) {
        Map<String, ?> producer =
                Map.of(
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        transactions.timeout().toMillis(),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        maxRequestBytes);
        return KafkaSink.<T>builder()
                .setBootstrapServers(connection.bootstrapServers())
                .setKafkaProducerConfig(connection.clientProperties(producer))
                .setRecordSerializer(serializer)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(transactions.idPrefix())
                .build();
    }
}
