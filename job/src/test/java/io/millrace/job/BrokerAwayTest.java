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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The only broker goes for a minute and comes back, in the history and in the live feed. */
class BrokerAwayTest {

    private static final int RECORDS = 2000;
    private static final int LIVE = 300;
    private static final long AWAY_MILLIS = 60_000;

    @TempDir private Path directory;

    @Test
    void job_waitsAndGoesOn_andNothingIsLostOrRepeated() throws Exception {
        Map<String, String> ports = fixedPorts();
        KafkaConnection connection = connection(ports);
        Path file = directory.resolve("lines.jsonl");
        EmbeddedBroker broker = start(ports);
        try {
            try (Topics topics = new Topics(connection)) {
                topics.ensure("images", 1, Map.of());
            }
            send(connection, 0, RECORDS);
            JobClient job = submit(connection, file);
            awaitLines(job, file, 300);
            broker = goAway(broker, ports);
            assertThat(lines(file)).as("read before it came back").hasSizeLessThan(RECORDS);
            awaitLines(job, file, RECORDS);
            send(connection, RECORDS, RECORDS + LIVE);
            awaitLines(job, file, RECORDS + LIVE / 2);
            broker = goAway(broker, ports);
            send(connection, RECORDS + LIVE, RECORDS + 2 * LIVE);
            awaitLines(job, file, RECORDS + 2 * LIVE);
            job.cancel().get(60, TimeUnit.SECONDS);
        } finally {
            broker.close();
        }

        List<Long> offsets = lines(file);
        assertThat(offsets.subList(0, RECORDS))
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, RECORDS).boxed().toList());
        assertThat(offsets.subList(RECORDS, offsets.size()))
                .isEqualTo(LongStream.range(RECORDS, RECORDS + 2 * LIVE).boxed().toList());
    }

    private EmbeddedBroker start(Map<String, String> ports) {
        return EmbeddedBroker.start(directory.resolve("broker"), ports);
    }

    private EmbeddedBroker goAway(EmbeddedBroker broker, Map<String, String> ports)
            throws InterruptedException {
        broker.close();
        Thread.sleep(AWAY_MILLIS);
        return start(ports);
    }

    private static Map<String, String> fixedPorts() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (var first = new ServerSocket(0, 1, loopback);
                var second = new ServerSocket(0, 1, loopback)) {
            String broker = "BROKER://127.0.0.1:" + first.getLocalPort();
            String controller = "127.0.0.1:" + second.getLocalPort();
            return Map.of(
                    "listeners", broker + ",CONTROLLER://" + controller,
                    "advertised.listeners", broker,
                    "controller.quorum.voters", "1@" + controller);
        }
    }

    private static KafkaConnection connection(Map<String, String> ports) {
        String listener = ports.getOrDefault("advertised.listeners", "");
        return KafkaConnection.to(listener.substring(listener.lastIndexOf('/') + 1));
    }

    private static void send(KafkaConnection connection, int from, int to) throws Exception {
        try (var producer =
                new KafkaProducer<>(
                        connection.clientProperties(Map.of("linger.ms", "5")),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (int i = from; i < to; i++) {
                var sent = producer.send(new ProducerRecord<>("images", new byte[] {(byte) i}));
                if (i == to - 1) {
                    sent.get();
                }
            }
        }
    }

    private static JobClient submit(KafkaConnection connection, Path file) throws Exception {
        ReplayManifest history;
        try (Topics topics = new Topics(connection)) {
            var shuffle = new Shuffle(Shuffle.Kind.FULL_WINDOW, 8, 4, 5);
            history = ReplayManifest.freeze(topics, "images", Bounds.all(), 1, shuffle);
        }
        var configuration = new Configuration();
        configuration.set(RestOptions.BIND_PORT, "0");
        // It waits: nobody helps it by restarting.
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
        var environment = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        environment
                .fromSource(
                        HistoryThenLiveSource.unbounded(connection, history, "test"),
                        WatermarkStrategy.noWatermarks(),
                        "images")
                .filter(frame -> !frame.isEndOfWindow())
                .map(
                        frame -> {
                            LockSupport.parkNanos(500_000);
                            return Long.toString(frame.position().offset());
                        })
                .returns(Types.STRING)
                .sinkTo(new JsonLinesSink(file));
        return environment.executeAsync();
    }

    private static void awaitLines(JobClient job, Path file, int enough) throws Exception {
        long patience = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (lines(file).size() < enough) {
            assertThat(System.nanoTime()).as("lines: %s", lines(file).size()).isLessThan(patience);
            assertThat(job.getJobExecutionResult()).isNotDone();
            Thread.sleep(20);
        }
    }

    private static List<Long> lines(Path file) throws Exception {
        return Files.exists(file)
                ? Files.readAllLines(file).stream().map(Long::valueOf).toList()
                : List.of();
    }
}
