package io.millrace.connectors.snapshots;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.Broker;
import io.millrace.connectors.Committed;
import io.millrace.connectors.Jobs;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.kafka.Transactions;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.StagedSnapshot;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.Progress;
import io.millrace.model.stream.SnapshotPart;
import io.millrace.model.stream.SnapshotParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SnapshotSinkTest {

    @RegisterExtension static final Broker BROKER = new Broker();
    @RegisterExtension static final MiniClusterExtension CLUSTER = Jobs.cluster();

    @TempDir private Path root;

    @Test
    void job_publishesAndAnnouncesEverySnapshot_whenItFailsInTheMiddle() throws Exception {
        BROKER.create("images", 1);
        BROKER.create("encoders", 1);
        BROKER.fill("images", 0, 0, 300);
        ReplayManifest manifest;
        try (Topics topics = BROKER.topics()) {
            manifest = ReplayManifest.freeze(topics, "images");
        }
        Jobs.FailOnce.arm();

        publishing(manifest).execute();

        assertThat(Jobs.FailOnce.hasFailed()).isTrue();
        Path directory = root.resolve("snapshots/cam");
        assertThat(names(directory))
                .containsExactly(".staging", "latest", "step-0000000280", "step-0000000290");
        assertThat(names(directory.resolve(".staging"))).isEmpty();
        assertThat(new SnapshotDirectory(root).latest("cam"))
                .contains(directory.resolve("step-0000000290"));
        List<String> steps =
                BROKER.read("encoders").stream()
                        .map(r -> new String(r.value(), UTF_8))
                        .map(json -> json.replaceAll(".*\"step\":(\\d+),.*", "$1"))
                        .toList();
        assertThat(steps)
                .isEqualTo(Stream.iterate(0, i -> i + 10).limit(30).map(i -> "" + i).toList());
    }

    /** A job that publishes every tenth image as if it were an encoder. */
    private StreamExecutionEnvironment publishing(ReplayManifest manifest) {
        var environment =
                Jobs.environment(
                        Map.of("pipeline.generic-types", "true", "pipeline.object-reuse", "true"));
        environment
                .fromSource(
                        new ReplaySource(BROKER.connection(), manifest),
                        WatermarkStrategy.noWatermarks(),
                        "images")
                .map(Jobs::text)
                .returns(Types.STRING)
                .map(new Jobs.FailOnce())
                .filter(text -> text.endsWith("0"))
                .<SnapshotPart>flatMap(
                        (text, out) ->
                                SnapshotParts.of(
                                        snapshot(Long.parseLong(text.substring(4))), out::collect))
                .returns(new GenericTypeInfo<>(SnapshotPart.class))
                .sinkTo(
                        new SnapshotSink(
                                new SnapshotSink.Destination(root.toString(), 2),
                                description(),
                                BROKER.connection(),
                                "encoders",
                                Transactions.named("encoders")));
        return environment;
    }

    @Test
    void commit_announcesWhatCanBeRead_whenRepeatedAfterACrash() throws Exception {
        BROKER.create("announcements", 1);
        var directory = new SnapshotDirectory(root);
        StagedSnapshot staged = directory.stage(snapshot(7), description(), Instant.EPOCH);

        for (int attempt = 0; attempt < 2; attempt++) {
            try (var committer = committer(directory, "announcements")) {
                committer.commit(Committed.all(List.of(staged)));
            }
        }

        String published = root.resolve("snapshots/cam/step-0000000007").toString();
        assertThat(Files.readAllBytes(Path.of(published, "model.safetensors"))).containsExactly(7);
        assertThat(BROKER.read("announcements"))
                .extracting(r -> new String(r.key(), UTF_8) + new String(r.value(), UTF_8))
                .containsExactly(
                        "cam{\"learner\":\"cam\",\"step\":7,\"images\":70,\"path\":\""
                                + published
                                + "\",\"weights_sha256\":\"ca358758f6d27e6cf45272937977a748fd88391d"
                                + "b679ceda7dc7bf1f005ee879\",\"completed\":false}");
    }

    @Test
    void commit_announces_whenTheCrashCameRightAfterTheMove() throws Exception {
        BROKER.create("moved", 1);
        var directory = new SnapshotDirectory(root);
        StagedSnapshot staged = directory.stage(snapshot(7), description(), Instant.EPOCH);
        directory.place(staged);

        try (var committer = committer(directory, "moved")) {
            assertThat(directory.latest("cam")).isEmpty();
            committer.commit(Committed.all(List.of(staged)));
        }

        assertThat(BROKER.read("moved")).hasSize(1);
        assertThat(directory.latest("cam")).contains(Path.of(staged.published()));
    }

    private static SnapshotCommitter committer(SnapshotDirectory directory, String topic) {
        return new SnapshotCommitter(
                directory,
                1,
                new SnapshotAnnouncer(BROKER.connection(), topic, Transactions.named(topic)));
    }

    @Test
    void serializer_returnsTheSame_whenTheLearnersNameIsLong() throws Exception {
        var serializer = new StagedSnapshotSerializer();
        var staged = new StagedSnapshot("x".repeat(70_000), 1, 2, "/a", "/\u00fc", "c0ffee", true);

        assertThat(serializer.deserialize(1, serializer.serialize(staged))).isEqualTo(staged);
    }

    private static EncoderSnapshot snapshot(long step) {
        return new EncoderSnapshot(
                new Progress("cam", step, 10 * step, 0, List.of()),
                new byte[] {(byte) step},
                new byte[0],
                false);
    }

    private static SnapshotDescription description() {
        return new SnapshotDescription(
                new Architecture(
                        Architecture.Block.BASIC, Architecture.Stem.CIFAR, 32, List.of(1, 1)),
                Normalization.CIFAR10,
                32,
                Map.of(),
                Map.of());
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(p -> String.valueOf(p.getFileName())).sorted().toList();
        }
    }
}
