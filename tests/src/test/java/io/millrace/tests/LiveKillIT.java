package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.command.ExitCode;
import io.millrace.job.feed.ProceduralFeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A live topic of several partitions: killed, nothing is lost or repeated. */
@Tag("kill")
class LiveKillIT {

    private static final String TOPIC = "images";
    private static final int PARTITIONS = 3;
    private static final int BATCH = 32;

    /** More than is trained before the kills, at any load. */
    private static final int IMAGES = 300 * BATCH;

    @TempDir private Path directory;

    @Test
    void train_takesEachRecordOnce_andNamesThoseThatAreGone() throws Exception {
        var outputs = new Outputs(directory.resolve("run"));
        try (var broker = EmbeddedBroker.start(directory.resolve("broker"))) {
            try (var topics = new Topics(KafkaConnection.to(broker.bootstrap()))) {
                topics.ensure(TOPIC, PARTITIONS, Map.of());
            }
            send(broker, IMAGES);
            long saved = 0;
            for (int kill = 0; kill < 2; kill++) {
                saved = killAfterASavedStep(broker, outputs, saved);
            }
            assertThat(saved).isLessThan(IMAGES / BATCH);
            try (Child child = train(broker, outputs)) {
                await().atMost(Duration.ofMinutes(3)).until(() -> child.step() >= IMAGES / BATCH);
                child.signal("TERM");
                assertThat(child.await()).as(child.output()).isZero();
            }
            requireEachRecordOnce(outputs);
            requireTheGoneToBeNamed(broker, outputs);
        }
    }

    private long killAfterASavedStep(EmbeddedBroker broker, Outputs outputs, long before)
            throws Exception {
        try (Child child = train(broker, outputs)) {
            await().atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofMillis(20))
                    .until(
                            () -> {
                                child.requireAlive();
                                return savedStep(outputs) > before;
                            });
            child.kill();
        }
        return savedStep(outputs);
    }

    private static void requireEachRecordOnce(Outputs outputs) throws IOException {
        assertThat(outputs.summary().path("images").asLong()).isEqualTo(IMAGES);
        JsonNode consumed = outputs.manifest().path("consumed");
        assertThat(consumed).hasSize(PARTITIONS);
        for (JsonNode range : consumed) {
            assertThat(range.path("start").asLong()).isZero();
            assertThat(range.path("end").asLong()).isEqualTo(IMAGES / PARTITIONS);
            assertThat(range.path("images").asLong()).isEqualTo(IMAGES / PARTITIONS);
        }
        Invocation ledger = Invocation.of("ledger", "--out", outputs.root().toString());
        assertThat(ledger.exitCode()).as(ledger.out() + ledger.err()).isZero();
        List<Long> steps =
                outputs.metrics("step").stream().map(r -> r.path("step").asLong()).toList();
        assertThat(steps).isSorted().doesNotHaveDuplicates();
    }

    /** What came while it was stopped has been deleted before it goes on. */
    private void requireTheGoneToBeNamed(EmbeddedBroker broker, Outputs outputs) throws Exception {
        send(broker, BATCH * PARTITIONS);
        var gone = new TopicPartition(TOPIC, 1);
        long offset = IMAGES / PARTITIONS + 5;
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.deleteRecords(Map.of(gone, RecordsToDelete.beforeOffset(offset))).all().get();
        }
        try (Child child = train(broker, outputs)) {
            int exitCode = child.await();
            assertThat(exitCode).as(child.output()).isEqualTo(ExitCode.BAD_DATA.code());
            assertThat(child.output())
                    .contains("records that it would go on with have been deleted")
                    .contains("images-1=" + IMAGES / PARTITIONS);
        }
    }

    private Child train(EmbeddedBroker broker, Outputs outputs) throws IOException {
        List<String> words = new ArrayList<>(List.of("train", "--topic", TOPIC));
        words.addAll(List.of("--bootstrap", broker.bootstrap()));
        words.addAll(List.of("--out", outputs.root().toString()));
        words.addAll(Invocation.SMALL);
        words.addAll(List.of("-Dsource.start=earliest", "-Dcheckpoint.interval=500 ms"));
        return Child.start(directory, words);
    }

    private static long savedStep(Outputs outputs) throws IOException {
        return Files.exists(outputs.latest()) ? outputs.manifest().path("step").asLong() : 0;
    }

    private static void send(EmbeddedBroker broker, int images) throws Exception {
        var bytes = new ByteArraySerializer();
        var feed = new ProceduralFeed(3, 0);
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrap(), "linger.ms", 5);
        try (var producer = new KafkaProducer<>(properties, bytes, bytes)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < images; i++) {
                byte[] image = feed.image(i % 500).bytes();
                sent.add(
                        producer.send(
                                new ProducerRecord<>(TOPIC, i % PARTITIONS, new byte[0], image)));
            }
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
        }
    }
}
