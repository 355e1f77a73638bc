package io.millrace.connectors.hybrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.connectors.Broker;
import io.millrace.connectors.Jobs;
import io.millrace.connectors.files.JsonLinesSink;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.Bounds;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.Shuffle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A topic that gains partitions, or goes, while the live feed is read. */
class ChangedTopicTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension static final Broker BROKER = new Broker();
    @RegisterExtension static final MiniClusterExtension CLUSTER = Jobs.cluster();

    @TempDir private Path directory;

    @Test
    void job_readsNewPartitionsFromTheirBeginning_whicheverPhaseTheyCameIn() throws Exception {
        BROKER.create("growing", 1);
        BROKER.fill("growing", 0, 0, 100);
        ReplayManifest history = freeze("growing");
        grow("growing", 2);
        BROKER.fill("growing", 1, 0, 30);
        Path file = directory.resolve("lines.jsonl");

        JobClient job = start(history, file);
        await().atMost(PATIENCE).until(() -> lines(file).size() >= 230);
        grow("growing", 3);
        BROKER.fill("growing", 2, 0, 30);
        await().atMost(PATIENCE).until(() -> lines(file).size() >= 260);
        job.cancel().get(60, TimeUnit.SECONDS);

        List<String> live = new ArrayList<>();
        for (int partition = 1; partition < 3; partition++) {
            for (int i = 0; i < 30; i++) {
                live.add("2/" + partition + ":" + i);
            }
        }
        assertThat(lines(file)).hasSize(260).doesNotHaveDuplicates();
        assertThat(lines(file).subList(0, 200)).allMatch(line -> line.matches("[01]/0:.*"));
        assertThat(lines(file).subList(200, 260)).isEqualTo(live);
    }

    @Test
    void job_fails_whenTheTopicIsDeleted() throws Exception {
        BROKER.create("leaving", 1);
        BROKER.fill("leaving", 0, 0, 50);
        Path file = directory.resolve("lines.jsonl");

        JobClient job = start(freeze("leaving"), file);
        await().atMost(PATIENCE).until(() -> lines(file).size() >= 100);
        try (Admin admin = BROKER.admin()) {
            admin.deleteTopics(List.of("leaving")).all().get();
        }

        assertThatThrownBy(() -> job.getJobExecutionResult().get(90, TimeUnit.SECONDS))
                .hasStackTraceContaining("Failed to get metadata for topics [leaving]");
    }

    private static void grow(String topic, int partitions) throws Exception {
        try (Admin admin = BROKER.admin()) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all().get();
        }
    }

    private static ReplayManifest freeze(String topic) {
        try (Topics topics = BROKER.topics()) {
            var shuffle = new Shuffle(Shuffle.Kind.FULL_WINDOW, 8, 4, 1);
            return ReplayManifest.freeze(topics, topic, Bounds.all(), 2, shuffle);
        }
    }

    private static JobClient start(ReplayManifest history, Path file) throws Exception {
        var connection =
                new KafkaConnection(
                        BROKER.connection().bootstrapServers(),
                        Map.of("partition.discovery.interval.ms", "200"));
        var environment = Jobs.environment(Map.of());
        environment
                .fromSource(
                        HistoryThenLiveSource.unbounded(connection, history, "test"),
                        WatermarkStrategy.noWatermarks(),
                        "images")
                .filter(frame -> !frame.isEndOfWindow())
                .map(Jobs::text)
                .returns(Types.STRING)
                .sinkTo(new JsonLinesSink(file));
        return environment.executeAsync();
    }

    private static List<String> lines(Path file) throws Exception {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
