package io.millrace.connectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.connectors.kafka.ImageRecords;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real broker for the tests of one class. */
public final class Broker implements BeforeAllCallback, AfterAllCallback {

    private @Nullable KafkaClusterTestKit cluster;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        KafkaClusterTestKit started =
                new KafkaClusterTestKit.Builder(
                                new TestKitNodes.Builder()
                                        .setCombined(true)
                                        .setNumBrokerNodes(1)
                                        .setNumControllerNodes(1)
                                        .build())
                        .setConfigProp("offsets.topic.replication.factor", "1")
                        .setConfigProp("transaction.state.log.replication.factor", "1")
                        .setConfigProp("transaction.state.log.min.isr", "1")
                        .setConfigProp("offsets.topic.num.partitions", "1")
                        .setConfigProp("transaction.state.log.num.partitions", "1")
                        .setConfigProp("auto.create.topics.enable", "false")
                        .build();
        cluster = started;
        started.format();
        started.startup();
        started.waitForReadyBrokers();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    public KafkaConnection connection() {
        if (cluster == null) {
            throw new IllegalStateException("the broker has not been started");
        }
        return KafkaConnection.to(cluster.bootstrapServers());
    }

    public Topics topics() {
        return new Topics(connection());
    }

    /** Creates a topic. */
    public void create(String topic, int partitions) {
        try (Topics topics = topics()) {
            topics.ensure(topic, partitions, Map.of());
        }
    }

    /** What an administrator does. */
    public Admin admin() {
        return Admin.create(connection().clientProperties(Map.of()));
    }

    /** Sends images whose bytes are the texts {@code PARTITION:NUMBER}, numbers in [from, to). */
    public void fill(String topic, int partition, int from, int to) throws Exception {
        try (var producer = producer(Map.of("linger.ms", "5"))) {
            sendAll(producer, topic, partition, from, to);
        }
    }

    /** Sends images of so many bytes each. */
    public void fill(String topic, int partition, List<Integer> sizes) throws Exception {
        try (var producer = producer(Map.of())) {
            for (int size : sizes) {
                producer.send(new ProducerRecord<>(topic, partition, null, new byte[size])).get();
            }
        }
    }

    /** Sends in transactions that commit or abort, which leaves holes among the offsets. */
    public void transact(String topic, int partition, boolean commit, int from, int to)
            throws Exception {
        try (var producer = producer(Map.of("transactional.id", topic + partition + from))) {
            producer.initTransactions();
            producer.beginTransaction();
            sendAll(producer, topic, partition, from, to);
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static void sendAll(
            KafkaProducer<byte @Nullable [], byte[]> producer,
            String topic,
            int partition,
            int from,
            int to)
            throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            ProducerRecord<byte @Nullable [], byte[]> image =
                    ImageRecords.record(topic, "cam", "cat", (partition + ":" + i).getBytes(UTF_8));
            sent.add(
                    producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    partition,
                                    image.key(),
                                    image.value(),
                                    image.headers())));
        }
        for (Future<RecordMetadata> record : sent) {
            record.get();
        }
    }

    private KafkaProducer<byte @Nullable [], byte[]> producer(Map<String, String> properties) {
        return new KafkaProducer<>(
                connection().clientProperties(properties),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** All committed records of a topic's only partition. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        var partition = new TopicPartition(topic, 0);
        try (Topics topics = topics();
                var consumer =
                        new KafkaConsumer<>(
                                connection()
                                        .clientProperties(
                                                Map.of("isolation.level", "read_committed")),
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer())) {
            long end = topics.endOffsets(topic).getOrDefault(0, 0L);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
        }
        return records;
    }
}
