package io.millrace.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.command.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

    private static final Map<String, String> IDENTITY = Map.of("command", "train", "seed", "1");

    @TempDir private Path out;

    @Test
    void open_whileOpenElsewhere_fails() {
        try (var first = RunDirectory.open(out, IDENTITY)) {
            assertThatThrownBy(() -> RunDirectory.open(out, IDENTITY))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("another run is running in " + first.root());
        }
        RunDirectory.open(out, IDENTITY).close();
    }

    @Test
    void open_ofAnotherRun_namesWhatDiffers() {
        try (var run = RunDirectory.open(out, IDENTITY)) {
            run.begin();
        }
        assertThatThrownBy(() -> RunDirectory.open(out, Map.of("command", "train", "seed", "2")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("seed is 1 there and 2 here");
    }

    @Test
    void open_ofSomebodysFiles_refusesAndLeavesNothing() throws IOException {
        Path thesis = Files.writeString(out.resolve("thesis.tex"), "\\chapter{}");
        assertThatThrownBy(() -> RunDirectory.open(out, IDENTITY))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("holds other files");
        try (var entries = Files.list(out)) {
            assertThat(entries).containsExactly(thesis);
        }
    }

    @Test
    void newestCheckpoint_isTheNewestComplete() throws IOException {
        try (var run = RunDirectory.open(out, IDENTITY)) {
            Path job = run.checkpoints().resolve("job");
            Path complete = Files.createDirectories(job.resolve("chk-2"));
            Files.writeString(complete.resolve("_metadata"), "");
            Files.createDirectories(job.resolve("chk-3"));
            assertThat(run.newestCheckpoint()).contains(complete);
        }
    }
}
