package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.connectors.kafka.ImageRecords;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.feed.FeedImage;
import io.millrace.job.feed.ProceduralFeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Epochs over a history, then what arrives, by processes that are killed in either phase. */
@Tag("kill")
class HistoryThenLiveIT {

    private static final int BATCH = 32;
    private static final int HISTORY = 10 * BATCH;
    private static final int EPOCHS = 20;
    private static final int LIVE = 100 * BATCH;
    private static final long HISTORY_STEPS = (long) EPOCHS * HISTORY / BATCH;
    private static final long STEPS = HISTORY_STEPS + LIVE / BATCH;

    @TempDir private static Path directory;

    @Test
    void train_endsWithTheSameBits_whenItIsKilledInEitherPhase() throws Exception {
        var undisturbed = new Outputs(directory.resolve("undisturbed"));
        try (var broker = brokerWithHistory("broker")) {
            try (Child child = train(broker, undisturbed, 1)) {
                awaitStep(child, HISTORY_STEPS);
                send(broker, HISTORY, HISTORY + LIVE);
                stopAtTheEnd(child);
            }
        }
        requireBothPhases(undisturbed);

        var killed = new Outputs(directory.resolve("killed"));
        try (var broker = brokerWithHistory("broker-of-the-killed")) {
            try (Child child = train(broker, killed, 1)) {
                // Right after a checkpoint: it trains on meanwhile.
                await().atMost(Duration.ofMinutes(3))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> savedStep(killed) > 0);
                child.kill();
                assertThat(savedStep(killed)).isLessThan(HISTORY_STEPS);
            }
            // A later start does not take for history what has come since.
            send(broker, HISTORY, HISTORY + BATCH);
            int sent = HISTORY + BATCH;
            try (Child child = train(broker, killed, 2)) {
                awaitStep(child, HISTORY_STEPS);
                // A batch at a time, so that the phase does not pass before anybody has looked.
                while (savedStep(killed) <= HISTORY_STEPS) {
                    assertThat(sent).as(child.output()).isLessThan(HISTORY + LIVE);
                    send(broker, sent, sent + BATCH);
                    sent += BATCH;
                }
                child.kill();
            }
            send(broker, sent, HISTORY + LIVE);
            try (Child child = train(broker, killed, 1)) {
                stopAtTheEnd(child);
            }
            requireAccounts(killed);
        }

        requireBothPhases(killed);
        assertThat(losses(killed)).isEqualTo(losses(undisturbed));
        assertThat(killed.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
    }

    /** Views depend on the topic's name, so each run has the same one, on brokers of its own. */
    private static EmbeddedBroker brokerWithHistory(String name) throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve(name));
        try (var topics = new Topics(KafkaConnection.to(broker.bootstrap()))) {
            topics.ensure("images", 1, Map.of());
        }
        send(broker, 0, HISTORY);
        return broker;
    }

    private static void requireBothPhases(Outputs outputs) throws Exception {
        JsonNode summary = outputs.summary();
        assertThat(summary.path("completed").asBoolean(true)).isFalse();
        assertThat(summary.path("steps").asLong()).isEqualTo(STEPS);
        assertThat(summary.path("images").asLong()).isEqualTo(STEPS * BATCH);
        JsonNode consumed = outputs.manifest().path("consumed");
        assertThat(consumed).hasSize(EPOCHS + 1);
        JsonNode live = consumed.get(EPOCHS);
        assertThat(live.path("epoch").asInt()).isEqualTo(EPOCHS);
        assertThat(live.path("start").asLong()).isEqualTo(HISTORY);
        assertThat(live.path("end").asLong()).isEqualTo(HISTORY + LIVE);
        List<JsonNode> steps = outputs.metrics("step");
        assertThat(rate(steps, 1)).isCloseTo(0.03, within(1e-4));
        assertThat(rate(steps, HISTORY_STEPS)).isLessThan(1e-5);
        assertThat(rate(steps, HISTORY_STEPS + 1)).isCloseTo(0.006, within(1e-9));
        assertThat(rate(steps, HISTORY_STEPS + 51)).isCloseTo(0.003, within(1e-9));
    }

    /** Every record is accounted for, and training again over both phases gives the same bits. */
    private static void requireAccounts(Outputs outputs) {
        Invocation ledger = Invocation.of("ledger", "--out", outputs.root().toString());
        assertThat(ledger.exitCode()).as(ledger.out() + ledger.err()).isZero();
        assertThat(ledger.out()).contains("step " + STEPS);
        Invocation again =
                Invocation.of("snapshots", "verify", "--retrain", outputs.latest().toString());
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).contains("same weights, bit for bit");
    }

    private static double rate(List<JsonNode> steps, long step) {
        JsonNode report = steps.get((int) step - 1);
        assertThat(report.path("step").asLong()).isEqualTo(step);
        return report.path("learning_rate").asDouble();
    }

    private static List<String> losses(Outputs outputs) throws IOException {
        return outputs.metrics("step").stream()
                .map(r -> r.path("step") + " " + r.path("loss"))
                .toList();
    }

    private static Child train(EmbeddedBroker broker, Outputs outputs, int readers)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("train", "--topic", "images"));
        words.addAll(List.of("--bootstrap", broker.bootstrap()));
        words.addAll(List.of("--epochs", "" + EPOCHS, "--then-live"));
        words.addAll(List.of("--out", outputs.root().toString()));
        words.addAll(Invocation.SMALL);
        words.addAll(
                List.of(
                        "-Dcheckpoint.interval=500 ms",
                        "-Dmetrics.every-steps=1",
                        "-Dparallelism.source=" + readers,
                        "-Dschedule.kind=cosine",
                        "-Dschedule.live.kind=exponential",
                        "-Dschedule.live.rate=0.2",
                        "-Dschedule.live.decay=0.5",
                        "-Dschedule.live.decay-images=" + 50 * BATCH));
        return Child.start(directory, words);
    }

    private static void awaitStep(Child child, long step) {
        await().atMost(Duration.ofMinutes(3)).until(() -> child.step() >= step);
    }

    private static void stopAtTheEnd(Child child) throws Exception {
        awaitStep(child, STEPS);
        child.signal("TERM");
        assertThat(child.await()).as(child.output()).isZero();
    }

    /** The step of the newest snapshot; 0 before the first. */
    private static long savedStep(Outputs outputs) throws IOException {
        return Files.exists(outputs.latest()) ? outputs.manifest().path("step").asLong() : 0;
    }

    private static void send(EmbeddedBroker broker, int from, int to) throws Exception {
        var bytes = new ByteArraySerializer();
        var feed = new ProceduralFeed(5, 0);
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrap(), "linger.ms", 5);
        try (var producer = new KafkaProducer<>(properties, bytes, bytes)) {
            for (int i = from; i < to; i++) {
                FeedImage image = feed.image(i);
                var sent =
                        producer.send(
                                ImageRecords.record("images", "", image.label(), image.bytes()));
                if (i == to - 1) {
                    sent.get();
                }
            }
        }
    }
}
