package io.millrace.connectors.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.Broker;
import io.millrace.connectors.Jobs;
import io.millrace.connectors.files.JsonLinesSink;
import io.millrace.connectors.kafka.MissingTopicException;
import io.millrace.connectors.kafka.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a replay needs is not there any more. */
class VanishedTopicTest {

    @RegisterExtension static final Broker BROKER = new Broker();
    @RegisterExtension static final MiniClusterExtension CLUSTER = Jobs.cluster();

    @TempDir private Path directory;

    @Test
    void job_failsBeforeTheFirstRecord_whenRetentionHasRemovedAPartOfTheRange() throws Exception {
        BROKER.create("retained", 2);
        BROKER.fill("retained", 0, 0, 300);
        BROKER.fill("retained", 1, 0, 300);
        ReplayManifest manifest = freeze("retained", 3);
        try (Admin admin = BROKER.admin()) {
            admin.deleteRecords(
                            Map.of(
                                    new TopicPartition("retained", 1),
                                    RecordsToDelete.beforeOffset(170)))
                    .all()
                    .get();
        }
        Path file = directory.resolve("lines.jsonl");

        var environment = Jobs.environment(Map.of());
        environment
                .fromSource(
                        new ReplaySource(BROKER.connection(), manifest),
                        WatermarkStrategy.noWatermarks(),
                        "replay")
                .map(Jobs::text)
                .returns(Types.STRING)
                .sinkTo(new JsonLinesSink(file));

        assertThatThrownBy(environment::execute)
                .hasStackTraceContaining(
                        "retained-1: the replay needs offset 0 but the earliest available is 170")
                // Trying again would not bring them back.
                .hasStackTraceContaining("The failure is not recoverable");
        assertThat(file).doesNotExist();
    }

    @Test
    void fetch_fails_whenTheTopicIsDeletedMeanwhile() throws Exception {
        BROKER.create("deleted", 1);
        BROKER.fill("deleted", 0, 0, 200);
        ReplayManifest manifest = freeze("deleted", 100);
        var turns = new Turns();
        turns.grant(manifest.windows());
        var reader = new ReplaySplitReader(BROKER.connection(), turns);
        try {
            List<ReplaySplit> windows = new ArrayList<>();
            for (long window = 0; window < manifest.windows(); window++) {
                windows.add(new ReplaySplit(manifest, window, 0));
            }
            reader.handleSplitsChanges(new SplitsAddition<>(windows));
            reader.fetch();
            try (Admin admin = BROKER.admin()) {
                admin.deleteTopics(List.of("deleted")).all().get();
            }

            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    reader.fetch();
                                }
                            })
                    .isInstanceOf(MissingTopicException.class)
                    .hasMessageContaining("Topic deleted does not exist at");
        } finally {
            reader.close();
        }
    }

    private static ReplayManifest freeze(String topic, int epochs) {
        try (Topics topics = BROKER.topics()) {
            var shuffle = new Shuffle(Shuffle.Kind.FULL_WINDOW, 8, 4, 1);
            return ReplayManifest.freeze(topics, topic, Bounds.all(), epochs, shuffle);
        }
    }
}
