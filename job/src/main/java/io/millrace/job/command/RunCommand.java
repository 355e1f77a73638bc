package io.millrace.job.command;

import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.kafka.TransactionLimit;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.job.PretrainingJob;
import io.millrace.job.run.ClusterRun;
import io.millrace.job.run.FrozenRange;
import io.millrace.job.run.KafkaEnds;
import io.millrace.job.run.RunningJobs;
import io.millrace.job.run.TransactionCheck;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Submits the job to the Flink cluster whose client runs the program, and returns; the cluster's
 * own tools follow, cancel and restore it.
 */
@Command(
        name = RunCommand.NAME,
        description = {
            "Submits the job to a Flink cluster; for `flink run` and deploy/cluster.sh submit.",
            "On one machine, without a cluster: train."
        })
public final class RunCommand implements Callable<Integer> {

    /** What the command line calls it. */
    public static final String NAME = "run";

    @Mixin private SettingsFlags settingsFlags;
    @Mixin private InitialFlags initialFlags;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description =
                    "Directory of snapshots and metrics.jsonl, which every TaskManager must see"
                            + " under the same path.")
    private Path out;

    @Option(
            names = "--resume",
            description =
                    "Go on from the last completed checkpoint of the jobs that wrote to --out; from"
                            + " the beginning if there is none.")
    private boolean resume;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var console = spec.commandLine().getOut();
        ResolvedSettings asked = settingsFlags.resolve(null);
        RunInput.requireSchedule(asked);
        ResolvedSettings resolved = initialFlags.applyTo(asked, console::println);
        StreamExecutionEnvironment environment = cluster(resolved.settings());
        Path directory = out.toAbsolutePath().normalize();
        var configuration = Configuration.fromMap(environment.getConfiguration().toMap());
        var run = new ClusterRun(directory, configuration);
        RunningJobs.requireNone(run.ids(), configuration);
        if (!resume) {
            run.requireFirst();
        } else if (run.isComplete()) {
            console.printf("this run is complete; its output is in %s%n", directory);
            console.flush();
            return ExitCode.OK.code();
        }
        Optional<String> checkpoint = resume ? run.newestCheckpoint() : Optional.empty();
        if (resume) {
            run.requireCheckpoint(checkpoint);
        }
        String job = submit(resolved, environment, run, checkpoint);
        checkpoint.ifPresent(path -> console.printf("resuming from %s%n", path));
        console.printf("submitted job %s; its output goes to %s%n", job, directory);
        console.flush();
        return ExitCode.OK.code();
    }

    private String submit(
            ResolvedSettings resolved,
            StreamExecutionEnvironment environment,
            ClusterRun run,
            Optional<String> checkpoint)
            throws Exception {
        var ends = new KafkaEnds(resolved.settings(), resolved);
        RunInput input;
        Path directory = out.toAbsolutePath().normalize();
        try (var topics = new Topics(ends.connection())) {
            ReplayManifest range = range(resolved.settings(), topics, directory);
            input = RunInput.of(resolved.settings(), ends.connection(), range);
            TransactionCheck.require(
                    resolved.settings(),
                    Duration.ofMillis(environment.getCheckpointConfig().getCheckpointTimeout()),
                    TransactionLimit.of(ends.connection()));
            ends.createOutputTopics(topics);
            if (range != null) {
                FrozenRange.write(directory, range, resolved.settings());
            }
        }
        var finalEnds = new KafkaEnds(input.settings(), resolved);
        new PretrainingJob(input.settings(), finalEnds.around(input.frames(), directory))
                .addTo(environment);
        environment.configure(run.next(checkpoint));
        JobClient job = environment.executeAsync("millrace");
        return job.getJobID().toHexString();
    }

    /** What a replay reads, fixed at the run's first submission; null for a live run. */
    private static @Nullable ReplayManifest range(Settings settings, Topics topics, Path out) {
        topics.partitions(settings.kafka().images()); // A missing topic is said here.
        if (!settings.source().readsHistory()) {
            return null;
        }
        Optional<ReplayManifest> fixed = FrozenRange.read(out);
        fixed.ifPresent(range -> FrozenRange.requireAgreement(range, settings, out));
        return fixed.orElseGet(() -> FrozenRange.freeze(topics, settings));
    }

    /**
     * The cluster's environment with what the job's correctness depends on; the rest is its own.
     */
    private static StreamExecutionEnvironment cluster(Settings settings) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        if (environment instanceof LocalStreamEnvironment) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "`run` is for the client of a Flink cluster: use deploy/cluster.sh submit or"
                            + " flink run; on this machine alone, use `train`");
        }
        environment.configure(new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
        // Output is committed and encoders are published with checkpoints: no run goes without.
        environment.enableCheckpointing(
                settings.output().checkpointInterval().toMillis(), CheckpointingMode.EXACTLY_ONCE);
        // `--resume` goes on from what a cancelled job leaves.
        environment
                .getCheckpointConfig()
                .setExternalizedCheckpointRetention(
                        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        // What overtakes a barrier would not be cut at one place of the sequence.
        environment.getCheckpointConfig().enableUnalignedCheckpoints(false);
        if (settings.parallelism().augment() > 0) {
            environment.setParallelism(settings.parallelism().augment());
        }
        return environment;
    }
}
