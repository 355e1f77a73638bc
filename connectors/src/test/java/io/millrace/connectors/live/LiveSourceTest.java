package io.millrace.connectors.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.connectors.Broker;
import io.millrace.connectors.Jobs;
import io.millrace.connectors.files.JsonLinesSink;
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
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class LiveSourceTest {

    @RegisterExtension static final Broker BROKER = new Broker();
    @RegisterExtension static final MiniClusterExtension CLUSTER = Jobs.cluster();

    @TempDir private Path directory;

    @Test
    void job_finishes_whenItGoesOnFromASavepointAndAllPartitionsAreKnown() throws Exception {
        BROKER.create("bounded", 2);
        BROKER.fill("bounded", 0, 0, 100);
        var source =
                LiveSource.bounded(
                        BROKER.connection(),
                        "bounded",
                        "test",
                        StartAt.earliest(),
                        Map.of(0, 200L, 1, 0L));
        Path file = directory.resolve("bounded.jsonl");

        JobClient first = start(source, file, Map.of());
        await().atMost(Duration.ofSeconds(60)).until(() -> lines(file).size() == 100);
        String savepoint =
                first.stopWithSavepoint(
                                false,
                                directory.resolve("savepoints").toUri().toString(),
                                SavepointFormatType.CANONICAL)
                        .get(60, TimeUnit.SECONDS);
        BROKER.fill("bounded", 0, 100, 210);
        JobClient second = start(source, file, Map.of("execution.state-recovery.path", savepoint));
        second.getJobExecutionResult().get(60, TimeUnit.SECONDS);

        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add("0/0:" + i);
        }
        assertThat(lines(file)).isEqualTo(expected);
    }

    @Test
    void job_readsOnlyWhatComesLater_whenItStartsAtTheLatest() throws Exception {
        BROKER.create("later", 1);
        BROKER.fill("later", 0, 0, 5);
        Path file = directory.resolve("later.jsonl");
        var source = LiveSource.unbounded(BROKER.connection(), "later", "test", StartAt.latest());

        JobClient job = start(source, file, Map.of());
        // The start is taken when the job begins; records sent until then are not its business.
        await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> {
                            BROKER.fill("later", 0, 5, 6);
                            return !lines(file).isEmpty();
                        });
        job.cancel().get(60, TimeUnit.SECONDS);

        assertThat(lines(file)).containsOnly("0/0:5");
    }

    private static JobClient start(LiveSource source, Path file, Map<String, String> settings)
            throws Exception {
        var environment = Jobs.environment(settings);
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "live")
                .uid("live")
                .map(Jobs::text)
                .returns(Types.STRING)
                .uid("text")
                .sinkTo(new JsonLinesSink(file))
                .uid("lines");
        return environment.executeAsync();
    }

    private static List<String> lines(Path file) throws Exception {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
