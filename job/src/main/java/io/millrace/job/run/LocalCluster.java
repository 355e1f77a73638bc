package io.millrace.job.run;

import io.millrace.job.PretrainingJob;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster inside this process, with its checkpoints in the run's directory. */
public final class LocalCluster {

    /** In a row; ten quiet minutes forgive them. */
    private static final int RESTARTS = 5;

    private static final int MEBIBYTES_PER_AUGMENTER = 4;

    private LocalCluster() {}

    /** Starts the cluster and the job on it, from the checkpoint if there is one. */
    static JobClient submit(
            Settings settings,
            PretrainingJob job,
            RunDirectory directory,
            Optional<Path> checkpoint)
            throws Exception {
        if (settings.parallelism().train() > 1) {
            throw new CommandFailure(
                    ExitCode.BAD_CONFIGURATION,
                    "parallelism.train is %d, but one process trains in one subtask; set 1, or run on a cluster"
                            .formatted(settings.parallelism().train()));
        }
        Configuration configuration = configuration(settings, directory);
        checkpoint.ifPresent(
                path ->
                        configuration.set(
                                StateRecoveryOptions.SAVEPOINT_PATH, path.toUri().toString()));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(
                        augmentSubtasks(settings), configuration);
        job.addTo(environment);
        return environment.executeAsync("millrace");
    }

    /**
     * Flink's configuration of the buffers between operators, for so many augmenters. One holds
     * several images, or most of a pair of 224 pixels: each that is filled or emptied wakes a
     * thread. Debloating makes them smaller where more than a second's worth would wait, so that
     * barriers pass fast. The job's graph needs 6 for each augmenter and 21 more to start at all.
     */
    public static Configuration buffers(int augmenters) {
        var memory =
                MemorySize.ofMebiBytes(Math.max(64, (long) MEBIBYTES_PER_AUGMENTER * augmenters));
        return new Configuration()
                .set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, MemorySize.parse("256kb"))
                .set(TaskManagerOptions.NETWORK_MEMORY_MIN, memory)
                .set(TaskManagerOptions.NETWORK_MEMORY_MAX, memory)
                .set(TaskManagerOptions.BUFFER_DEBLOAT_ENABLED, true);
    }

    /** A quarter of the cores where nothing else is said: libtorch wants the rest. */
    private static int augmentSubtasks(Settings settings) {
        int wanted = settings.parallelism().augment();
        return wanted > 0 ? wanted : Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
    }

    private static Configuration configuration(Settings settings, RunDirectory directory) {
        var configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(
                CheckpointingOptions.CHECKPOINTING_INTERVAL,
                settings.output().checkpointInterval());
        configuration.set(
                CheckpointingOptions.CHECKPOINTING_TIMEOUT,
                TransactionCheck.longestCheckpoint(settings));
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.checkpoints().toUri().toString());
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        configuration.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
        configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, RESTARTS);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                Duration.ofMinutes(10));
        configuration.addAll(buffers(augmentSubtasks(settings)));
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(8));
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        configuration.set(CoreOptions.TMP_DIRS, directory.root().resolve("tmp").toString());
        return configuration;
    }
}
