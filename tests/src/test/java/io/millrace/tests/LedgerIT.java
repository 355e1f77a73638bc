package io.millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.feed.ProceduralFeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What became of the records of three partitions with holes, spoilt ones and strangers. */
@TestInstance(Lifecycle.PER_CLASS)
class LedgerIT {

    private static final int PARTITIONS = 3;
    private static final int EPOCHS = 2;
    private static final int BATCH = 32;
    private static final int TRANSACTIONS = 15;
    private static final int PER_TRANSACTION = 10;
    private static final int RECORDS = TRANSACTIONS * PER_TRANSACTION;

    /** One in each transaction is no image, and one is another learner's. */
    private static final int SPOILT = 2 * TRANSACTIONS;

    private static final int IMAGES = RECORDS - SPOILT;

    private EmbeddedBroker broker;
    private Outputs outputs;

    @BeforeAll
    void train(@TempDir Path directory) throws Exception {
        broker = EmbeddedBroker.start(directory.resolve("broker"));
        outputs = new Outputs(directory.resolve("run"));
        send();
        List<String> words = new ArrayList<>(List.of("train", "--topic", "images"));
        words.addAll(List.of("--bootstrap", broker.bootstrap(), "--epochs", "" + EPOCHS));
        words.addAll(List.of("--out", outputs.root().toString()));
        words.addAll(Invocation.SMALL);
        words.addAll(List.of("-Dsource.epoch-end=drop-last", "-Dparallelism.source=2"));
        Invocation run = Invocation.of(words);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @AfterAll
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    /** Each transaction leaves a marker in every partition, and every fifth is taken back. */
    private void send() throws Exception {
        var bytes = new ByteArraySerializer();
        Map<String, Object> properties =
                Map.of(
                        "bootstrap.servers", broker.bootstrap(),
                        "transactional.id", "somebody",
                        "acks", "all");
        try (var topics = new Topics(KafkaConnection.to(broker.bootstrap()));
                var producer = new KafkaProducer<byte[], byte[]>(properties, bytes, bytes)) {
            topics.ensure("images", PARTITIONS, Map.of());
            producer.initTransactions();
            var feed = new ProceduralFeed(11, 0);
            for (int t = 0; t < TRANSACTIONS + TRANSACTIONS / 5; t++) {
                producer.beginTransaction();
                for (int i = 0; i < PER_TRANSACTION; i++) {
                    byte[] image = feed.image(t * PER_TRANSACTION + i).bytes();
                    byte[] value = i == 1 ? "no picture".getBytes(UTF_8) : image;
                    var record =
                            new ProducerRecord<byte[], byte[]>(
                                    "images", i % PARTITIONS, null, value);
                    if (i == 2) {
                        record.headers().add("learner", "stranger".getBytes(UTF_8));
                    }
                    producer.send(record).get();
                }
                if (t % 5 == 4) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
    }

    private Invocation ledger(String... more) {
        List<String> words = new ArrayList<>(List.of("ledger", "--out", outputs.root().toString()));
        words.addAll(List.of(more));
        return Invocation.of(words);
    }

    @Test
    void ledger_balancesInEveryPartitionAndEpoch() throws Exception {
        Invocation json = ledger("--json");
        assertThat(json.exitCode()).as(json.err()).isZero();
        JsonNode ledger = Outputs.json(json.out());

        assertThat(ledger.path("balanced").asBoolean()).isTrue();
        assertThat(ledger.path("rows")).hasSize(PARTITIONS * EPOCHS);
        assertThat(ledger.path("rows"))
                .allSatisfy(row -> assertThat(row.path("difference").asLong(-1)).isZero())
                // A marker for each transaction, and the records of those that were taken back.
                .allSatisfy(row -> assertThat(row.path("holes").asLong()).isGreaterThan(12));
        long steps = EPOCHS * (IMAGES / BATCH);
        assertThat(outputs.summary().path("steps").asLong()).isEqualTo(steps);
        assertThat(sum(ledger, "records")).isEqualTo(EPOCHS * RECORDS);
        assertThat(sum(ledger, "trained")).isEqualTo(steps * BATCH);
        assertThat(sum(ledger, "dropped")).isEqualTo(EPOCHS * (IMAGES % BATCH));
        assertThat(sum(ledger, "dead_letters")).isEqualTo(EPOCHS * SPOILT);
        assertThat(sum(ledger, "pending")).isZero();

        Invocation table = ledger();
        assertThat(table.exitCode()).isZero();
        assertThat(table.out()).contains("dead letters", "images-0", "images-1", "images-2");
    }

    private static long sum(JsonNode ledger, String field) {
        long sum = 0;
        for (JsonNode row : ledger.path("rows")) {
            sum += row.path(field).asLong();
        }
        return sum;
    }

    @Test
    void ledger_exitsWith5AndSaysWhere_whenARecordIsMissing() throws IOException {
        Path manifest = outputs.latest().toRealPath().resolve("manifest.json");
        String whole = Files.readString(manifest);
        JsonNode first = Outputs.json(whole).path("consumed").get(0);
        long images = first.path("images").asLong();
        try {
            Files.writeString(
                    manifest,
                    whole.replaceFirst(
                            "\"images\" : " + images + ",\\s+\"rejected\"",
                            "\"images\" : " + (images - 1) + ", \"rejected\""));

            Invocation ledger = ledger();

            assertThat(ledger.exitCode()).as(ledger.out()).isEqualTo(5);
            assertThat(ledger.err())
                    .contains("images-" + first.path("partition").asInt() + " in epoch 0: ")
                    .contains(" 1 missing")
                    .contains("does not balance");
        } finally {
            Files.writeString(manifest, whole);
        }
    }
}
