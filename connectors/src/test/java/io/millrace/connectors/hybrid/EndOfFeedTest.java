package io.millrace.connectors.hybrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.Broker;
import io.millrace.connectors.Jobs;
import io.millrace.connectors.files.JsonLinesSink;
import io.millrace.connectors.replay.Bounds;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.Shuffle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A history and what followed it up to an offset, as when a run is repeated. */
class EndOfFeedTest {

    private static final int HISTORY = 200;
    private static final int LIVE = 40;

    @RegisterExtension static final Broker BROKER = new Broker();
    @RegisterExtension static final MiniClusterExtension CLUSTER = Jobs.cluster();

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void job_finishesAtTheStopOffset_afterAFailure_withMoreReadersThanPartitionsToo(int readers)
            throws Exception {
        String topic = "bounded-" + readers;
        ReplayManifest history = history(topic);
        BROKER.fill(topic, 0, HISTORY, HISTORY + LIVE + 30);

        List<String> lines = run(history, HISTORY + LIVE, readers);

        assertThat(Jobs.FailOnce.hasFailed()).isTrue();
        requireHistoryThen(lines, IntStream.range(HISTORY, HISTORY + LIVE));
    }

    @Test
    void job_finishes_whenTheRecordsBeforeTheStopOffsetAreGone() throws Exception {
        ReplayManifest history = history("holes");
        BROKER.fill("holes", 0, HISTORY, HISTORY + LIVE);
        BROKER.transact("holes", 0, false, 1000, 1030);

        List<String> lines = run(history, HISTORY + LIVE + 20, 1);

        requireHistoryThen(lines, IntStream.range(HISTORY, HISTORY + LIVE));
    }

    @Test
    void source_refusesAnEndNowhere() throws Exception {
        ReplayManifest history = history("endless");

        assertThatThrownBy(
                        () -> HistoryThenLiveSource.bounded(BROKER.connection(), history, Map.of()))
                .hasMessageContaining("at least one partition of endless");
    }

    private static ReplayManifest history(String topic) throws Exception {
        BROKER.create(topic, 1);
        BROKER.fill(topic, 0, 0, HISTORY);
        try (var topics = BROKER.topics()) {
            var shuffle = new Shuffle(Shuffle.Kind.FULL_WINDOW, 8, 4, 1);
            return ReplayManifest.freeze(topics, topic, Bounds.all(), 1, shuffle);
        }
    }

    private List<String> run(ReplayManifest history, long stop, int readers) throws Exception {
        Path file = directory.resolve("lines.jsonl");
        Jobs.FailOnce.arm();
        var environment = Jobs.environment(Map.of());
        var source = HistoryThenLiveSource.bounded(BROKER.connection(), history, Map.of(0, stop));
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "images")
                .setParallelism(readers)
                .filter(frame -> !frame.isEndOfWindow())
                .setParallelism(readers)
                .map(Jobs::text)
                .returns(Types.STRING)
                .setParallelism(1)
                .map(new Jobs.FailOnce())
                .sinkTo(new JsonLinesSink(file));
        environment.executeAsync().getJobExecutionResult().get(60, TimeUnit.SECONDS);
        return Files.readAllLines(file);
    }

    /** Nothing here puts what two readers emit in order, as the job's sequencer does. */
    private static void requireHistoryThen(List<String> lines, IntStream numbers) {
        List<String> live = numbers.mapToObj(number -> "1/0:" + number).toList();
        assertThat(lines.stream().filter(line -> line.startsWith("0/0:")))
                .hasSize(HISTORY)
                .doesNotHaveDuplicates();
        assertThat(lines.stream().filter(line -> !line.startsWith("0/0:")))
                .containsExactlyElementsOf(live);
    }
}
