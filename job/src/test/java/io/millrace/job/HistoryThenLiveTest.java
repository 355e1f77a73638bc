package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.files.JsonLinesSink;
import io.millrace.connectors.hybrid.HistoryThenLiveSource;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.Bounds;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.model.stream.Frame;
import io.millrace.operators.Sequencer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No record is lost or repeated where the history ends and the live feed begins. */
class HistoryThenLiveTest {

    private static final int RECORDS = 300;
    private static final int EPOCHS = 2;
    private static final int HISTORY = EPOCHS * RECORDS;
    private static final int LIVE = 200;
    private static final long PACE = 500_000;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir private static Path directory;

    private static EmbeddedBroker broker;
    private static KafkaConnection connection;

    /** Numbers of the sequence at which the job still has to fail, once each. */
    private static final Set<Long> FAILURES = new ConcurrentSkipListSet<>();

    /** Nanoseconds that a record takes at least. */
    private static volatile long pace = PACE;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(directory.resolve("broker"));
        connection = KafkaConnection.to(broker.bootstrap());
    }

    @AfterAll
    static void close() {
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "3, 2"})
    void order_isHistoryThenLive_whenJobsFailInEitherPhaseAndBetween(int partitions, int readers)
            throws Exception {
        String topic = "failing-" + partitions + "-" + readers;
        ReplayManifest history = fill(topic, partitions);
        send(topic, partitions, RECORDS, RECORDS + LIVE / 2);
        List<String> undisturbed = run(topic, history, 1, Set.of(), partitions);

        List<Long> moments = List.of(200L, HISTORY - 1L, HISTORY + 0L, HISTORY + 1L, HISTORY + 90L);
        List<String> lines = run(topic, history, readers, Set.copyOf(moments), partitions);

        assertThat(FAILURES).isEmpty();
        requireComplete(lines, partitions);
        assertThat(lines.subList(0, HISTORY)).isEqualTo(undisturbed.subList(0, HISTORY));
        if (partitions == 1) {
            assertThat(lines).isEqualTo(undisturbed);
        }
    }

    @Test
    void order_goesOn_whenSavepointsOfBothPhasesAreRestoredWithOtherNumbersOfReaders()
            throws Exception {
        ReplayManifest history = fill("stopped", 1);
        Path out = directory.resolve("stopped.jsonl");
        String savepoint = null;
        int sent = RECORDS;
        int[] readers = {1, 3, 2, 1};
        int[] until = {10, 100, HISTORY + 1, HISTORY + 350};
        for (int run = 0; run < readers.length; run++) {
            pace = run == 0 ? 5_000_000 : PACE;
            // The checkpoint's range wins over what a later submission finds.
            ReplayManifest range = savepoint == null ? history : freeze("stopped");
            JobClient job = submit("stopped", range, readers[run], out, savepoint);
            send("stopped", 1, sent, sent + 100);
            sent += 100;
            awaitLines(job, out, Math.max(until[run], lines(out).size() + 1));
            savepoint =
                    job.stopWithSavepoint(
                                    false,
                                    directory.resolve("savepoints").toUri().toString(),
                                    SavepointFormatType.CANONICAL)
                            .get(60, TimeUnit.SECONDS);
            if (run == 0) {
                assertThat(lines(out)).hasSizeLessThan(HISTORY);
            }
        }
        send("stopped", 1, sent, sent + 100);
        int all = HISTORY + sent + 100 - RECORDS;
        finish(submit("stopped", freeze("stopped"), 2, out, savepoint), out, all);

        Path alone = directory.resolve("alone.jsonl");
        finish(submit("stopped", history, 1, alone, null), alone, all);
        assertThat(lines(out)).isEqualTo(lines(alone));
    }

    /** One that sends the second half of the live records when the first has been read. */
    private static List<String> run(
            String topic, ReplayManifest history, int readers, Set<Long> failures, int partitions)
            throws Exception {
        Path out = Files.createTempDirectory(directory, "run").resolve("out.jsonl");
        FAILURES.clear();
        FAILURES.addAll(failures);
        JobClient job = submit(topic, history, readers, out, null);
        if (end(topic) < RECORDS + LIVE) {
            awaitLines(job, out, HISTORY + LIVE / 2);
            send(topic, partitions, RECORDS + LIVE / 2, RECORDS + LIVE);
        }
        finish(job, out, HISTORY + LIVE);
        return lines(out);
    }

    private static void finish(JobClient job, Path out, int all) throws Exception {
        awaitLines(job, out, all);
        job.cancel().get(60, TimeUnit.SECONDS);
    }

    private static void awaitLines(JobClient job, Path out, int enough) throws Exception {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (lines(out).size() < enough) {
            assertThat(System.nanoTime()).as("lines: %s", lines(out).size()).isLessThan(patience);
            assertThat(job.getJobExecutionResult()).isNotDone();
            Thread.sleep(20);
        }
    }

    private static void requireComplete(List<String> lines, int partitions) {
        assertThat(lines).hasSize(HISTORY + LIVE).doesNotHaveDuplicates();
        Map<String, Long> next = new HashMap<>();
        Set<String> history = new HashSet<>();
        for (int number = 0; number < lines.size(); number++) {
            String[] parts = lines.get(number).split(" ", -1);
            assertThat(parts[0]).isEqualTo(Integer.toString(number));
            int epoch = Integer.parseInt(parts[1]);
            assertThat(epoch).isEqualTo(number / RECORDS < EPOCHS ? number / RECORDS : EPOCHS);
            if (epoch < EPOCHS) {
                assertThat(history.add(parts[1] + " " + parts[2] + " " + parts[3])).isTrue();
            } else {
                long first = RECORDS / partitions;
                assertThat(Long.parseLong(parts[3]))
                        .isEqualTo(next.merge(parts[2], 1L, Long::sum) + first - 1);
            }
        }
    }

    private static ReplayManifest fill(String topic, int partitions) throws Exception {
        try (Topics topics = new Topics(connection)) {
            topics.ensure(topic, partitions, Map.of());
        }
        send(topic, partitions, 0, RECORDS);
        return freeze(topic);
    }

    private static ReplayManifest freeze(String topic) {
        try (Topics topics = new Topics(connection)) {
            var shuffle = new Shuffle(Shuffle.Kind.FULL_WINDOW, 8, 4, 5);
            return ReplayManifest.freeze(topics, topic, Bounds.all(), EPOCHS, shuffle);
        }
    }

    private static long end(String topic) {
        try (Topics topics = new Topics(connection)) {
            return topics.endOffsets(topic).values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private static void send(String topic, int partitions, int from, int to) throws Exception {
        try (var producer =
                new KafkaProducer<>(
                        connection.clientProperties(Map.of()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = from; i < to; i++) {
                byte[] image = {(byte) i};
                sent.add(producer.send(new ProducerRecord<>(topic, i % partitions, null, image)));
            }
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
        }
    }

    private static List<String> lines(Path file) throws Exception {
        return Files.exists(file) ? Files.readAllLines(file) : new ArrayList<>();
    }

    private static JobClient submit(
            String topic, ReplayManifest history, int readers, Path out, @Nullable String savepoint)
            throws Exception {
        var environment = environment(savepoint);
        environment
                .fromSource(
                        HistoryThenLiveSource.unbounded(connection, history, topic),
                        WatermarkStrategy.noWatermarks(),
                        "images")
                .uid("images")
                .setParallelism(readers)
                .process(new Sequencer(List.of(Frame.DEFAULT_LEARNER)))
                .uid("sequence")
                .setParallelism(1)
                .map(new PaceAndFail())
                .uid("positions")
                .sinkTo(new JsonLinesSink(out))
                .uid("lines");
        return environment.executeAsync();
    }

    private static StreamExecutionEnvironment environment(@Nullable String savepoint) {
        var configuration = new Configuration();
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 8);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
        if (savepoint != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        return StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    }

    /** Passes positions on, not too fast, and fails where it is told. */
    private static final class PaceAndFail extends RichMapFunction<Frame, String> {

        private static final long serialVersionUID = 1L;

        @Override
        public String map(Frame frame) {
            LockSupport.parkNanos(pace);
            if (FAILURES.remove(frame.sequence())) {
                throw new IllegalStateException("failing, as this test wants");
            }
            var position = frame.position();
            return "%d %d %d %d"
                    .formatted(
                            frame.sequence(),
                            position.epoch(),
                            position.partition(),
                            position.offset());
        }
    }
}
