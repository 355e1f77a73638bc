package io.millrace.job.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.command.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFolderTest {

    @TempDir private Path folder;

    @Test
    void snapshots_areThoseOfTheFolderByStep_everyNthAndTheLast() throws IOException {
        for (int step : new int[] {300, 100, 250, 1000, 200}) {
            snapshot("step-%010d".formatted(step));
        }
        Files.createDirectories(folder.resolve("step-0000000400")); // no manifest
        snapshot(".staging");

        assertThat(SnapshotFolder.snapshots(folder, 1))
                .extracting(SnapshotFolder::step)
                .containsExactly(100L, 200L, 250L, 300L, 1000L);
        assertThat(SnapshotFolder.snapshots(folder, 200))
                .extracting(SnapshotFolder::step)
                .containsExactly(200L, 1000L);
        assertThat(SnapshotFolder.snapshots(folder, 300))
                .extracting(SnapshotFolder::step)
                .containsExactly(300L, 1000L);
    }

    @Test
    void snapshot_followsLatest_asLinkOrAsFile() throws IOException {
        Path one = snapshot("step-0000000100");
        Path link = Files.createSymbolicLink(folder.resolve("latest"), one.getFileName());
        Path file = Files.writeString(folder.resolve("newest"), "step-0000000100\n");

        assertThat(SnapshotFolder.isSnapshot(link)).isTrue();
        assertThat(SnapshotFolder.snapshot(link)).isEqualTo(one.toRealPath());
        assertThat(SnapshotFolder.snapshot(file)).isEqualTo(one.toRealPath());
        assertThat(SnapshotFolder.isSnapshot(folder)).isFalse();
    }

    @Test
    void snapshots_saysWhatItExpects_whenThereAreNone() throws IOException {
        Path dangling = Files.writeString(folder.resolve("latest"), "step-0000000007\n");

        assertThatThrownBy(() -> SnapshotFolder.snapshots(folder, 1))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("RUN/snapshots/default");
        assertThatThrownBy(() -> SnapshotFolder.snapshot(dangling))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("manifest.json");
    }

    private Path snapshot(String name) throws IOException {
        Path snapshot = Files.createDirectories(folder.resolve(name));
        Files.writeString(snapshot.resolve("manifest.json"), "{}");
        return snapshot;
    }
}
