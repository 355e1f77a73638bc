package io.millrace.connectors.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.Broker;
import io.millrace.connectors.Jobs;
import io.millrace.connectors.files.JsonLinesSink;
import io.millrace.connectors.kafka.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ReplaySourceTest {

    @RegisterExtension static final Broker BROKER = new Broker();
    @RegisterExtension static final MiniClusterExtension CLUSTER = Jobs.cluster();

    @TempDir private Path directory;

    @Test
    void job_writesEachEpochOnceAndInOrder_whenItFailsInTheMiddle() throws Exception {
        BROKER.create("epochs", 2);
        BROKER.fill("epochs", 0, 0, 300);
        BROKER.fill("epochs", 1, 0, 200);
        ReplayManifest manifest;
        try (Topics topics = BROKER.topics()) {
            manifest = ReplayManifest.freeze(topics, "epochs", Bounds.all(), 2, Shuffle.none());
        }
        Path file = directory.resolve("lines.jsonl");
        Jobs.FailOnce.arm();

        var environment = Jobs.environment(Map.of());
        environment
                .fromSource(
                        new ReplaySource(BROKER.connection(), manifest),
                        WatermarkStrategy.noWatermarks(),
                        "replay")
                .filter(frame -> !frame.isEndOfWindow())
                .map(Jobs::text)
                .returns(Types.STRING)
                .map(new Jobs.FailOnce())
                .sinkTo(new JsonLinesSink(file));
        environment.execute();

        List<String> expected = new ArrayList<>();
        for (int epoch = 0; epoch < 2; epoch++) {
            add(expected, epoch + "/0:", 0, 256);
            add(expected, epoch + "/1:", 0, 200);
            add(expected, epoch + "/0:", 256, 300);
        }
        assertThat(Jobs.FailOnce.hasFailed()).isTrue();
        assertThat(Files.readAllLines(file)).isEqualTo(expected);
    }

    private static void add(List<String> lines, String prefix, int from, int to) {
        for (int i = from; i < to; i++) {
            lines.add(prefix + i);
        }
    }
}
