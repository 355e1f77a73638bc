package io.millrace.job.run;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.stream.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.jspecify.annotations.Nullable;

/**
 * A run on a cluster through all the jobs that it takes: each goes on from the last completed
 * checkpoint of those before.
 */
public final class ClusterRun {

    private final Path directory;
    private final ReadableConfig cluster;
    private final SubmittedJobs jobs;

    /**
     * @param directory of the run's output, where its jobs are written down
     * @param cluster what the client knows of the cluster's configuration
     */
    public ClusterRun(Path directory, ReadableConfig cluster) {
        this.directory = directory;
        this.cluster = cluster;
        this.jobs = JsonFile.read(file(), SubmittedJobs.class).orElse(SubmittedJobs.NONE);
    }

    /** Ids of its jobs so far. */
    public Set<String> ids() {
        return jobs.jobs().stream()
                .map(SubmittedJobs.SubmittedJob::job)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * A job that begins anew would write its output behind that of the jobs before.
     *
     * @throws CommandFailure if they published something, and nobody says from where to go on
     */
    public void requireFirst() {
        boolean recovered =
                cluster.getOptional(HighAvailabilityOptions.HA_MODE)
                        .filter(mode -> !mode.equalsIgnoreCase("NONE"))
                        .isPresent();
        if (jobs.last().isEmpty() || given() != null || recovered) {
            return;
        }
        if (latestSnapshot().isPresent()) {
            throw new CommandFailure(
                    ExitCode.BAD_CONFIGURATION,
                    "%s holds the output of job %s; add --resume to go on from its last checkpoint, or choose another --out"
                            .formatted(directory, jobs.last().get().job()));
        }
    }

    /**
     * A run that has published went through a checkpoint: without it, it would begin anew over its
     * own output.
     *
     * @throws CommandFailure if there is nothing to go on from although there must have been
     */
    public void requireCheckpoint(Optional<String> newest) {
        if (newest.isEmpty() && given() == null && latestSnapshot().isPresent()) {
            throw new CommandFailure(
                    ExitCode.BAD_DATA,
                    "%s holds snapshots, but no checkpoint or savepoint of its jobs %s is left to go on from: were they deleted, by `flink cancel` with retention off or by hand? Choose another --out; --init-from takes the weights of %s along"
                            .formatted(directory, ids(), latestSnapshot().get()));
        }
    }

    private Optional<Path> latestSnapshot() {
        try {
            return new SnapshotDirectory(directory).latest(Frame.DEFAULT_LEARNER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether the input has ended and everything is committed: only then has the last job deleted
     * its checkpoints, and the one that it went on from.
     */
    public boolean isComplete() {
        Optional<SubmittedJobs.SubmittedJob> last = jobs.last();
        try {
            if (last.isEmpty() || !RunSummary.hasLastSnapshot(directory)) {
                return false;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String restored = last.get().restored();
        boolean mayGoOn =
                restored != null
                        && CheckpointFolders.isCheckpoint(restored)
                        && CheckpointFolders.isThere(restored);
        // Savepoints stay: nobody but their owner deletes them.
        return !mayGoOn && CheckpointFolders.newest(last.get().withoutSavepoints()).isEmpty();
    }

    /** The last completed checkpoint or savepoint of its jobs, if there is one. */
    public Optional<String> newestCheckpoint() {
        for (int i = jobs.jobs().size() - 1; i >= 0; i--) {
            SubmittedJobs.SubmittedJob job = jobs.jobs().get(i);
            if (job.checkpoints() == null) {
                throw new CommandFailure(
                        ExitCode.BAD_CONFIGURATION,
                        "the client does not know where job %s keeps its checkpoints: set %s where it reads its configuration, or give one with `flink run -s`"
                                .formatted(
                                        job.job(),
                                        CheckpointingOptions.CHECKPOINTS_DIRECTORY.key()));
            }
            Optional<String> newest = CheckpointFolders.newest(job);
            if (newest.isPresent()) {
                return newest;
            }
        }
        return Optional.empty();
    }

    /**
     * Writes the next job down, before it is submitted: a client that dies in between leaves no job
     * that nobody knows of.
     *
     * @param from the checkpoint that it goes on from, unless the client was given one
     * @return what the job must be submitted with
     */
    public Configuration next(Optional<String> from) {
        var configuration = new Configuration();
        String job =
                cluster.getOptional(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID)
                        .orElseGet(() -> new JobID().toHexString());
        configuration.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, job);
        from.ifPresent(
                checkpoint -> {
                    configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint);
                    configuration.set(
                            StateRecoveryOptions.RESTORE_MODE,
                            // Savepoints are their owner's to delete.
                            CheckpointFolders.isCheckpoint(checkpoint)
                                    ? RecoveryClaimMode.CLAIM
                                    : RecoveryClaimMode.NO_CLAIM);
                });
        var submitted =
                new SubmittedJobs.SubmittedJob(
                        job,
                        cluster.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
                                .orElse(null),
                        cluster.getOptional(CheckpointingOptions.SAVEPOINT_DIRECTORY).orElse(null),
                        from.filter(CheckpointFolders::isCheckpoint).orElse(null));
        JsonFile.write(file(), jobs.with(submitted));
        return configuration;
    }

    /** What {@code flink run -s} named. */
    private @Nullable String given() {
        return cluster.getOptional(StateRecoveryOptions.SAVEPOINT_PATH).orElse(null);
    }

    private Path file() {
        return directory.resolve("jobs.json");
    }
}
