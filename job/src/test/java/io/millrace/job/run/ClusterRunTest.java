package io.millrace.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.command.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterRunTest {

    @TempDir private Path directory;
    private Path out;
    private Path checkpoints;
    private Path savepoints;
    private final Configuration cluster = new Configuration();

    @BeforeEach
    void configure() {
        out = directory.resolve("out");
        checkpoints = directory.resolve("checkpoints");
        savepoints = directory.resolve("savepoints");
        cluster.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
        cluster.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, savepoints.toUri().toString());
    }

    @Test
    void newestCheckpoint_isTheLastComplete_ofTheLastJobThatHasOne() throws IOException {
        assertThat(run().newestCheckpoint()).isEmpty();
        String first = submit();
        write(checkpoints.resolve(first).resolve("chk-9").resolve("_metadata"), 9);
        write(checkpoints.resolve(first).resolve("chk-10").resolve("_metadata"), 10);
        write(checkpoints.resolve(first).resolve("chk-11").resolve("part"), 11);
        String second = submit();

        assertThat(run().newestCheckpoint()).hasValueSatisfying(isAt(first, "chk-10"));

        write(checkpoints.resolve(second).resolve("chk-12").resolve("_metadata"), 5);
        assertThat(run().newestCheckpoint()).hasValueSatisfying(isAt(second, "chk-12"));
        assertThat(run().ids()).containsExactlyInAnyOrder(first, second);
    }

    @Test
    void newestCheckpoint_isTheSavepoint_thatStoppedTheJob() throws IOException {
        String job = submit();
        write(checkpoints.resolve(job).resolve("chk-3").resolve("_metadata"), 3);
        String name = "savepoint-" + job.substring(0, 6) + "-abc";
        write(savepoints.resolve(name).resolve("_metadata"), 4);
        write(savepoints.resolve("savepoint-other-abc").resolve("_metadata"), 5);

        assertThat(run().newestCheckpoint())
                .hasValueSatisfying(path -> assertThat(path).endsWith("/" + name));
    }

    @Test
    void next_claimsACheckpoint_andLeavesASavepointToItsOwner() {
        assertThat(
                        run().next(Optional.of("file:///a/chk-1"))
                                .get(StateRecoveryOptions.RESTORE_MODE))
                .isEqualTo(RecoveryClaimMode.CLAIM);
        Configuration next = run().next(Optional.of("file:///a/savepoint-1"));
        assertThat(next.get(StateRecoveryOptions.RESTORE_MODE))
                .isEqualTo(RecoveryClaimMode.NO_CLAIM);
        assertThat(next.get(StateRecoveryOptions.SAVEPOINT_PATH))
                .isEqualTo("file:///a/savepoint-1");
    }

    @Test
    void requireFirst_refusesADirectoryWithOutput_unlessToldWhereToGoOn() throws IOException {
        submit();
        assertThatCode(() -> run().requireFirst()).doesNotThrowAnyException();
        publish(false);

        assertThatThrownBy(() -> run().requireFirst())
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll(out.toString(), "--resume");
        cluster.set(StateRecoveryOptions.SAVEPOINT_PATH, "file:///a/chk-1");
        assertThatCode(() -> run().requireFirst()).doesNotThrowAnyException();
    }

    @Test
    void isComplete_onlyOnceTheLastJobHasDeletedItsCheckpoints() throws IOException {
        String first = submit();
        Path metadata = checkpoints.resolve(first).resolve("chk-7").resolve("_metadata");
        write(metadata, 7);
        publish(false);
        assertThat(run().isComplete()).isFalse();
        publish(true);
        assertThat(run().isComplete()).isFalse();

        // The next job goes on from there, and has to say so until the end.
        run().next(run().newestCheckpoint());
        assertThat(run().isComplete()).isFalse();
        Files.delete(metadata);
        assertThat(run().isComplete()).isTrue();
    }

    private ClusterRun run() {
        return new ClusterRun(out, cluster);
    }

    private String submit() {
        return run().next(Optional.empty()).get(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID);
    }

    private static Consumer<String> isAt(String job, String name) {
        return path -> assertThat(path).endsWith("/" + job + "/" + name);
    }

    private void publish(boolean completed) throws IOException {
        Path learner = out.resolve("snapshots").resolve("default");
        write(learner.resolve("step-1").resolve("manifest.json"), 0);
        Files.writeString(
                learner.resolve("step-1").resolve("manifest.json"),
                "{\"completed\": " + completed + "}");
        Files.writeString(learner.resolve("latest"), "step-1");
    }

    private static void write(Path file, long second) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L + 1000 * second));
    }
}
