package io.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.snapshot.SnapshotDirectory.Placed;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.OffsetRange;
import io.millrace.model.stream.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotDirectoryTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Architecture RESNET18 =
            new Architecture(
                    Architecture.Block.BASIC, Architecture.Stem.IMAGENET, 64, List.of(2, 2, 2, 2));

    @TempDir private Path root;

    @Test
    void stage_hidesTheSnapshot_whenItIsNotYetPublished() throws IOException {
        var snapshots = new SnapshotDirectory(root);

        StagedSnapshot staged = snapshots.stage(snapshot("cam", 1200, 1), description(), NOON);

        assertThat(names(root.resolve("snapshots/cam"))).containsExactly(".staging");
        assertThat(snapshots.latest("cam")).isEmpty();
        assertThat(staged.published()).isEqualTo(root + "/snapshots/cam/step-0000001200");
        assertThat(staged.weightsSha256())
                .isEqualTo("4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a");
    }

    @Test
    void publish_showsAllFilesToEverybody_whenStaged() throws IOException {
        var snapshots = new SnapshotDirectory(root);
        publish(snapshots, snapshot("cam", 1200, 1), NOON);

        Path directory = root.resolve("snapshots/cam/step-0000001200");
        assertThat(names(directory))
                .containsExactly(
                        "config.json",
                        "encoder.py",
                        "head.safetensors",
                        "manifest.json",
                        "model.safetensors");
        assertThat(Files.readAllBytes(directory.resolve("model.safetensors"))).containsExactly(1);
        assertThat(Files.readAllBytes(directory.resolve("head.safetensors"))).containsExactly(-1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwxr-xr-x");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(directory.resolve("config.json"))))
                .isEqualTo("rw-r--r--");
        assertThat(Files.readSymbolicLink(root.resolve("snapshots/cam/latest")))
                .isEqualTo(Path.of("step-0000001200"));
        assertThat(snapshots.latest("cam")).contains(directory);
    }

    @Test
    void manifest_tellsWhatWasConsumed_whenPublished() throws IOException {
        publish(new SnapshotDirectory(root), snapshot("cam", 1200, 1), NOON);

        JsonNode manifest = json(root.resolve("snapshots/cam/latest/manifest.json"));

        assertThat(manifest.path("step").longValue()).isEqualTo(1200);
        assertThat(manifest.path("created").textValue()).isEqualTo("2026-01-01T12:00:00Z");
        assertThat(manifest.path("consumed").path(0))
                .hasToString(
                        "{\"topic\":\"images\",\"partition\":3,\"epoch\":0,\"start\":10,\"end\":42,\"images\":30,\"rejected\":2}");
        assertThat(manifest.path("settings").path("batch").textValue()).isEqualTo("256");
        assertThat(manifest.path("architecture"))
                .hasToString(
                        "{\"block\":\"basic\",\"stem\":\"imagenet\",\"width\":64,\"layers\":[2,2,2,2]}");
    }

    @Test
    void manifest_namesTheSnapshotBefore_andIsTheSameSnapshotWithoutIt() throws IOException {
        var snapshots = new SnapshotDirectory(root);
        StagedSnapshot first = snapshots.stage(snapshot("cam", 1300, 2), description(), NOON);
        publish(snapshots, snapshot("cam", 1200, 1), NOON);
        publish(snapshots, snapshot("cam", 1300, 2), NOON);
        Path published = root.resolve("snapshots/cam/step-0000001300/manifest.json");
        String before = Files.readString(published);

        snapshots.publish(first);

        JsonNode previous = json(published).path("previous");
        assertThat(previous.path("step").longValue()).isEqualTo(1200);
        assertThat(previous.path("weights_sha256").textValue())
                .isEqualTo("4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a");
        assertThat(published).hasContent(before);
        assertThat(
                        json(root.resolve("snapshots/cam/step-0000001200/manifest.json"))
                                .has("previous"))
                .isFalse();
    }

    @Test
    void manifest_namesTheParent_whenTheRunStartedFromOne() throws IOException {
        SnapshotDescription random = description();
        var description =
                new SnapshotDescription(
                        random.architecture(),
                        random.normalization(),
                        random.side(),
                        null,
                        new WeightsFile("/parents/model.safetensors", "c0ffee"),
                        random.settings(),
                        random.versions());
        var snapshots = new SnapshotDirectory(root);
        snapshots.publish(snapshots.stage(snapshot("cam", 1, 1), description, NOON));

        assertThat(json(root.resolve("snapshots/cam/latest/manifest.json")).path("parent"))
                .hasToString("{\"file\":\"/parents/model.safetensors\",\"sha256\":\"c0ffee\"}");
    }

    @Test
    void publish_changesNothing_whenRepeated() throws IOException {
        var snapshots = new SnapshotDirectory(root);
        StagedSnapshot first = snapshots.stage(snapshot("cam", 1, 1), description(), NOON);
        StagedSnapshot again =
                snapshots.stage(snapshot("cam", 1, 1), description(), NOON.plusSeconds(9));

        snapshots.publish(first);
        snapshots.publish(first);
        snapshots.publish(again);

        JsonNode manifest = json(root.resolve("snapshots/cam/latest/manifest.json"));
        assertThat(manifest.path("created").textValue()).isEqualTo(NOON.toString());
        assertThat(names(root.resolve("snapshots/cam/.staging"))).isEmpty();
    }

    @Test
    void publish_replaces_whenTheSameStepHasOtherWeights() throws IOException {
        var snapshots = new SnapshotDirectory(root);
        publish(snapshots, snapshot("cam", 1, 1), NOON);
        StagedSnapshot other = snapshots.stage(snapshot("cam", 1, 2), description(), NOON);

        Placed placed = snapshots.place(other);

        Path latest = root.resolve("snapshots/cam/latest/model.safetensors");
        assertThat(latest).hasBinaryContent(new byte[] {1});
        assertThat(snapshots.place(other)).isEqualTo(Placed.REPEATED);
        snapshots.reveal(other, placed);
        assertThat(latest).hasBinaryContent(new byte[] {2});
        snapshots.prune("cam", 1);
        assertThat(names(root.resolve("snapshots/cam")))
                .containsExactly(".staging", "latest", "step-0000000001");
        assertThat(names(root.resolve("snapshots/cam/.staging"))).isEmpty();
    }

    @Test
    void prune_clearsUp_whenACrashCameInTheMiddleOfDeleting() throws IOException {
        var snapshots = new SnapshotDirectory(root);
        Path staging = root.resolve("snapshots/cam/.staging");
        publish(snapshots, snapshot("cam", 7, 1), NOON);
        for (String name : List.of("3-x-discarded", "7-x-discarded", "7-x-former", "9-x")) {
            Files.createDirectories(staging.resolve("step-000000000" + name));
        }

        snapshots.prune("cam", 1);

        assertThat(names(staging)).containsExactly("step-0000000009-x");
    }

    @Test
    void publish_fails_whenTheStagedDirectoryIsGone() throws IOException {
        var snapshots = new SnapshotDirectory(root);
        StagedSnapshot staged = snapshots.stage(snapshot("cam", 1, 1), description(), NOON);
        DurableFiles.deleteTree(Path.of(staged.staged()));

        assertThatThrownBy(() -> snapshots.publish(staged))
                .hasMessageContaining("the staged snapshot of step 1 is gone");
    }

    @Test
    void publish_leavesLatestAlone_whenRepeatedAfterPruning() throws IOException {
        var snapshots = new SnapshotDirectory(root);
        StagedSnapshot first = snapshots.stage(snapshot("cam", 1, 1), description(), NOON);
        assertThat(snapshots.publish(first)).isTrue();
        publish(snapshots, snapshot("cam", 2, 1), NOON);
        assertThat(snapshots.publish(first)).isTrue();
        snapshots.prune("cam", 1);

        assertThat(snapshots.publish(first)).isFalse();
        assertThat(snapshots.latest("cam")).contains(root.resolve("snapshots/cam/step-0000000002"));
    }

    @Test
    void publish_pointsLatest_whenTheCrashCameRightAfterTheMove() throws IOException {
        var snapshots = new SnapshotDirectory(root);
        StagedSnapshot staged = snapshots.stage(snapshot("cam", 1, 1), description(), NOON);
        Files.move(Path.of(staged.staged()), Path.of(staged.published()));

        assertThat(snapshots.publish(staged)).isTrue();
        assertThat(snapshots.latest("cam")).contains(Path.of(staged.published()));
    }

    @Test
    void prune_keepsTheNewestUpToLatest_whenLaterStepsAreLeftOver() throws IOException {
        var snapshots = new SnapshotDirectory(root);
        for (long step : new long[] {1, 2, 3, 9}) {
            publish(snapshots, snapshot("cam", step, 1), NOON);
        }
        publish(snapshots, snapshot("cam", 4, 1), NOON);
        snapshots.stage(snapshot("cam", 3, 1), description(), NOON);
        snapshots.stage(snapshot("cam", 5, 1), description(), NOON);

        snapshots.prune("cam", 2);

        assertThat(names(root.resolve("snapshots/cam")))
                .containsExactly(
                        ".staging",
                        "latest",
                        "step-0000000003",
                        "step-0000000004",
                        "step-0000000009");
        assertThat(names(root.resolve("snapshots/cam/.staging")))
                .singleElement()
                .asString()
                .startsWith("step-0000000005-");
    }

    @Test
    void prune_leavesAnotherStagingOfTheLatestStep_whenItIsStillToBePublished() throws IOException {
        var snapshots = new SnapshotDirectory(root);
        EncoderSnapshot running = snapshot("cam", 7, 1);
        var last = new EncoderSnapshot(running.progress(), running.weights(), running.head(), true);
        StagedSnapshot atBarrier = snapshots.stage(running, description(), NOON);
        StagedSnapshot atEnd = snapshots.stage(last, description(), NOON);

        snapshots.publish(atBarrier);
        snapshots.prune("cam", 1);
        snapshots.publish(atEnd);

        JsonNode manifest = json(root.resolve("snapshots/cam/latest/manifest.json"));
        assertThat(manifest.path("completed").booleanValue()).isTrue();
        assertThat(names(root.resolve("snapshots/cam/.staging"))).isEmpty();
    }

    @Test
    void directory_staysBelowTheRoot_whenTheLearnersNameIsHostile() {
        var snapshots = new SnapshotDirectory(root);
        Path parent = root.resolve("snapshots");

        assertThat(snapshots.directory("../../etc")).isEqualTo(parent.resolve("%2E.%2F..%2Fetc"));
        assertThat(snapshots.directory("..")).isEqualTo(parent.resolve("%2E."));
        assertThat(snapshots.directory("cam-1_a.b")).isEqualTo(parent.resolve("cam-1_a.b"));
        assertThat(snapshots.directory("").getParent()).isEqualTo(parent);
        assertThat(snapshots.directory("x".repeat(5000)).getFileName().toString()).hasSize(100);
        assertThat(snapshots.directory("x".repeat(5000)))
                .isNotEqualTo(snapshots.directory("x".repeat(5001)));
    }

    private void publish(SnapshotDirectory to, EncoderSnapshot encoder, Instant at)
            throws IOException {
        to.publish(to.stage(encoder, description(), at));
    }

    private static EncoderSnapshot snapshot(String learner, long step, int content) {
        var consumed = List.of(new OffsetRange("images", 3, 0, 10, 42, 30, 2));
        return new EncoderSnapshot(
                new Progress(learner, step, step * 256, 0, consumed),
                new byte[] {(byte) content},
                new byte[] {(byte) -content},
                false);
    }

    private static SnapshotDescription description() {
        return new SnapshotDescription(
                RESNET18, Normalization.IMAGENET, 224, Map.of("batch", "256"), Map.of("jvm", "17"));
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }
}
