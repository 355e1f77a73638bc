package io.millrace.job.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {

    private static final String TOPIC = "images";

    @TempDir private Path directory;

    @Test
    void start_keepsClusterTopicsAndRecords_whenStartedAgainInTheSameDirectory() {
        String clusterId;
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory);
                Topics topics = new Topics(KafkaConnection.to(broker.bootstrap()))) {
            clusterId = broker.clusterId();
            topics.ensure(TOPIC, 3, Map.of());
            topics.ensure(TOPIC, 3, Map.of());
            produce(broker.bootstrap(), "committed", true);
            produce(broker.bootstrap(), "aborted", false);

            assertThat(read(broker.bootstrap())).containsExactly("committed");
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(directory);
                Topics topics = new Topics(KafkaConnection.to(broker.bootstrap()))) {
            assertThat(broker.clusterId()).isEqualTo(clusterId).isNotEmpty();
            assertThat(topics.partitions(TOPIC)).hasSize(3);
            assertThat(read(broker.bootstrap())).containsExactly("committed");
            produce(broker.bootstrap(), "later", true);
            assertThat(read(broker.bootstrap())).containsExactly("committed", "later");
        }
    }

    @Test
    void start_saysWhy_whenAnotherBrokerHoldsTheDirectory() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            assertThat(broker.bootstrap()).startsWith("127.0.0.1:");
            assertThatThrownBy(() -> EmbeddedBroker.start(directory))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(directory.toString());
        }
    }

    private static void produce(String bootstrap, String value, boolean commit) {
        Properties config = new Properties();
        config.setProperty("bootstrap.servers", bootstrap);
        config.setProperty("transactional.id", "test");
        var bytes = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(config, bytes, bytes)) {
            producer.initTransactions();
            producer.beginTransaction();
            var sent =
                    producer.send(
                            new ProducerRecord<>(
                                    TOPIC, 1, null, value.getBytes(StandardCharsets.UTF_8)));
            producer.flush();
            assertThat(sent).isDone();
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static List<String> read(String bootstrap) {
        Properties config = new Properties();
        config.setProperty("bootstrap.servers", bootstrap);
        config.setProperty("isolation.level", "read_committed");
        var bytes = new ByteArrayDeserializer();
        List<String> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(config, bytes, bytes)) {
            TopicPartition partition = new TopicPartition(TOPIC, 1);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1))
                        .forEach(r -> values.add(new String(r.value(), StandardCharsets.UTF_8)));
            }
        }
        return values;
    }
}
