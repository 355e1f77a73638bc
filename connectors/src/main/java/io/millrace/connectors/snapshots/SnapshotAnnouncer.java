package io.millrace.connectors.snapshots;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.kafka.Transactions;
import io.millrace.connectors.kafka.UnreachableBrokerException;
import io.millrace.model.snapshot.StagedSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends each announcement in a transaction of its own. What a crash left open is closed by the next
 * process's first transaction, which has the same id: from then on the topic tells what has been
 * announced and what has not.
 */
final class SnapshotAnnouncer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final KafkaConnection connection;
    private final String topic;
    private final String transactionalId;
    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable KafkaConsumer<byte[], byte[]> reader;

    SnapshotAnnouncer(KafkaConnection connection, String topic, Transactions transactions) {
        this.connection = connection;
        this.topic = topic;
        this.transactionalId = transactions.idPrefix();
    }

    /** Announces a snapshot that nobody has been told of. */
    void announce(StagedSnapshot snapshot) throws IOException {
        send(producer(snapshot), snapshot);
    }

    /** Announces a snapshot unless the topic holds the same announcement. */
    void announceOnce(StagedSnapshot snapshot) throws IOException {
        Producer<byte[], byte[]> ready = producer(snapshot);
        if (!isAnnounced(snapshot)) {
            send(ready, snapshot);
        }
    }

    private void send(Producer<byte[], byte[]> ready, StagedSnapshot snapshot) throws IOException {
        try {
            ready.beginTransaction();
            RecordMetadata sent = ready.send(SnapshotAnnouncement.record(topic, snapshot)).get();
            ready.commitTransaction();
            awaitReaders(new TopicPartition(topic, sent.partition()), sent.offset());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(snapshot, e);
        } catch (ExecutionException e) {
            throw failed(snapshot, e.getCause());
        } catch (KafkaException e) {
            throw failed(snapshot, e);
        }
    }

    /**
     * Waits until readers of committed records get there: brokers mark a transaction as committed
     * some time after they have promised to. Transactions of others may stand in the way; they are
     * not waited for beyond patience.
     */
    private void awaitReaders(TopicPartition partition, long offset) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        KafkaConsumer<byte[], byte[]> consumer = reader();
        while (consumer.endOffsets(Set.of(partition), PATIENCE).getOrDefault(partition, 0L)
                        <= offset
                && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
    }

    /** Of committed records. */
    private KafkaConsumer<byte[], byte[]> reader() {
        if (reader == null) {
            Map<String, Object> properties =
                    Map.of(
                            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                            "read_committed",
                            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                            false);
            reader =
                    new KafkaConsumer<>(
                            connection.clientProperties(properties),
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer());
        }
        return reader;
    }

    private IOException failed(StagedSnapshot snapshot, @Nullable Throwable cause) {
        if (cause instanceof TimeoutException) {
            throw new UnreachableBrokerException(connection.bootstrapServers(), PATIENCE, cause);
        }
        return new IOException(
                "%s: %s is in its place but could not be announced; the restarted job tries again"
                        .formatted(topic, snapshot.published()),
                cause);
    }

    /** The producer, with whatever one before it of the same id had begun ended. */
    private Producer<byte[], byte[]> producer(StagedSnapshot first) throws IOException {
        if (producer == null) {
            Map<String, Object> properties = new HashMap<>();
            properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
            properties.put(ProducerConfig.ACKS_CONFIG, "all");
            properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
            properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, PATIENCE.toMillis());
            producer =
                    new KafkaProducer<>(
                            connection.clientProperties(properties),
                            new ByteArraySerializer(),
                            new ByteArraySerializer());
            try {
                producer.initTransactions();
            } catch (KafkaException e) {
                throw failed(first, e);
            }
        }
        return producer;
    }

    /** Whether readers of committed records find the announcement. */
    private boolean isAnnounced(StagedSnapshot snapshot) throws IOException {
        Map<TopicPartition, Long> ends = ends();
        KafkaConsumer<byte[], byte[]> consumer = reader();
        try {
            consumer.assign(ends.keySet());
            consumer.seekToBeginning(ends.keySet());
            return isFound(SnapshotAnnouncement.record(topic, snapshot).value(), consumer, ends);
        } catch (KafkaException e) {
            throw failed(snapshot, e);
        }
    }

    /** Beyond open transactions of others: what they hold back may be committed. */
    private Map<TopicPartition, Long> ends() {
        Map<TopicPartition, Long> ends = new HashMap<>();
        try (var topics = new Topics(connection)) {
            topics.endOffsets(topic)
                    .forEach((number, end) -> ends.put(new TopicPartition(topic, number), end));
        }
        return ends;
    }

    private static boolean isFound(
            byte[] wanted, KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        long deadline = System.nanoTime() + 3 * PATIENCE.toNanos();
        while (ends.entrySet().stream()
                .anyMatch(end -> consumer.position(end.getKey(), PATIENCE) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> found : consumer.poll(POLL)) {
                if (Arrays.equals(wanted, found.value())) {
                    return true;
                }
            }
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("the topic's end was not reached");
            }
        }
        return false;
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
        }
        if (reader != null) {
            reader.close(CloseOptions.timeout(Duration.ofSeconds(5)));
        }
    }
}
