package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.files.JsonLinesSink;
import io.millrace.connectors.kafka.ImageRecords;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.Bounds;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.model.stream.Frame;
import io.millrace.operators.Sequencer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
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

/** A replay comes out of the sequencer in one order, whoever reads it and whatever happens. */
class SeveralReadersTest {

    private static final String TOPIC = "images";
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 900;
    private static final int EPOCHS = 2;

    /** None for a checkpoint that times out, which is how events to readers get lost. */
    private static final int RESTARTS = 3;

    /** More than fits between reader and sequencer: the readers have to wait for what follows. */
    private static final int BYTES = 8192;

    @TempDir private static Path directory;

    private static EmbeddedBroker broker;
    private static KafkaConnection connection;

    /** Failures that the pacing map still has to cause. */
    private static final AtomicInteger FAILURES = new AtomicInteger();

    @BeforeAll
    static void fill() throws Exception {
        broker = EmbeddedBroker.start(directory.resolve("broker"));
        connection = KafkaConnection.to(broker.bootstrap());
        try (Topics topics = new Topics(connection);
                var producer =
                        new KafkaProducer<>(
                                connection.clientProperties(Map.of()),
                                new ByteArraySerializer(),
                                new ByteArraySerializer())) {
            topics.ensure(TOPIC, PARTITIONS, Map.of());
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                var record = ImageRecords.record(TOPIC, "", null, new byte[BYTES]);
                // Of unequal length: the second holds twice as many as the first.
                int partition = i % 6 == 0 ? 0 : i % 6 < 3 ? 1 : 2;
                sent.add(
                        producer.send(
                                new ProducerRecord<>(TOPIC, partition, null, record.value())));
            }
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
        }
    }

    @AfterAll
    static void close() {
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({"NONE, 4", "BLOCKS, 3", "FULL_WINDOW, 5"})
    void order_isTheSame_withSeveralReadersThatFail(Shuffle.Kind kind, int readers)
            throws Exception {
        List<String> alone = run(kind, 1, 0);
        assertThat(alone).hasSize(EPOCHS * RECORDS).doesNotHaveDuplicates();

        assertThat(run(kind, readers, RESTARTS)).isEqualTo(alone);
        assertThat(FAILURES).hasValue(0);
    }

    @Test
    void order_goesOn_whenASavepointIsRestoredWithOtherNumbersOfReaders() throws Exception {
        List<String> alone = run(Shuffle.Kind.FULL_WINDOW, 1, 0);
        Path out = Files.createTempDirectory(directory, "rescaled").resolve("out.jsonl");
        String savepoint = null;

        for (int readers : new int[] {1, 2, 5, 1, 3}) {
            var environment = environment(savepoint);
            build(environment, Shuffle.Kind.FULL_WINDOW, readers, out);
            JobClient job = environment.executeAsync();
            int before = lines(out).size();
            while (lines(out).size() == before && !job.getJobExecutionResult().isDone()) {
                Thread.sleep(20);
            }
            savepoint =
                    job.stopWithSavepoint(
                                    false,
                                    directory.resolve("savepoints").toUri().toString(),
                                    SavepointFormatType.CANONICAL)
                            .get();
        }
        assertThat(lines(out)).hasSizeLessThan(alone.size());
        var environment = environment(savepoint);
        build(environment, Shuffle.Kind.FULL_WINDOW, 4, out);
        environment.execute();

        assertThat(lines(out)).isEqualTo(alone);
    }

    private static List<String> run(Shuffle.Kind kind, int readers, int failures) throws Exception {
        Path out = Files.createTempDirectory(directory, "run").resolve("out.jsonl");
        FAILURES.set(failures);
        var environment = environment(null);
        build(environment, kind, readers, out);
        environment.execute();
        return lines(out);
    }

    private static List<String> lines(Path file) throws Exception {
        return Files.exists(file) ? Files.readAllLines(file) : new ArrayList<>();
    }

    private static void build(
            StreamExecutionEnvironment environment, Shuffle.Kind kind, int readers, Path out) {
        ReplayManifest manifest;
        try (Topics topics = new Topics(connection)) {
            var shuffle = new Shuffle(kind, 8, 4, 5);
            manifest = ReplayManifest.freeze(topics, TOPIC, Bounds.all(), EPOCHS, shuffle);
        }
        environment
                .fromSource(
                        new ReplaySource(connection, manifest),
                        WatermarkStrategy.noWatermarks(),
                        "replay")
                .uid("replay")
                .setParallelism(readers)
                .process(new Sequencer(List.of(Frame.DEFAULT_LEARNER)))
                .uid("sequence")
                .setParallelism(1)
                .map(new PaceAndFail())
                .sinkTo(new JsonLinesSink(out))
                .uid("lines");
    }

    private static StreamExecutionEnvironment environment(@Nullable String savepoint) {
        var configuration = new Configuration();
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, RESTARTS);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
        configuration.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMinutes(1));
        if (savepoint != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        return StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    }

    /** Passes positions on, at most one in half a millisecond, and fails as often as it is told. */
    private static final class PaceAndFail extends RichMapFunction<Frame, String>
            implements CheckpointListener {

        private static final long serialVersionUID = 1L;

        private transient int seen;

        @Override
        public String map(Frame frame) {
            seen++;
            LockSupport.parkNanos(500_000);
            return List.of(frame.sequence(), frame.position().epoch(), frame.position()).stream()
                    .map(Object::toString)
                    .collect(Collectors.joining(" "));
        }

        @Override
        public void notifyCheckpointComplete(long checkpoint) {
            if (seen > 120 && FAILURES.get() > 0) {
                FAILURES.decrementAndGet();
                throw new IllegalStateException("failing, as this test wants");
            }
        }
    }
}
