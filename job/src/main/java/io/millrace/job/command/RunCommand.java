package io.millrace.job.command;

import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.job.PretrainingJob;
import io.millrace.job.run.FrozenRange;
import io.millrace.job.run.KafkaEnds;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
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

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var console = spec.commandLine().getOut();
        ResolvedSettings asked = settingsFlags.resolve(null);
        RunInput.requireSchedule(asked);
        ResolvedSettings resolved = initialFlags.applyTo(asked, console::println);
        StreamExecutionEnvironment environment = cluster(resolved.settings());
        var ends = new KafkaEnds(resolved.settings(), resolved);
        RunInput input;
        try (var topics = new Topics(ends.connection())) {
            input = input(resolved.settings(), ends, topics);
            ends.createOutputTopics(topics);
        }
        Path directory = out.toAbsolutePath().normalize();
        new PretrainingJob(input.settings(), ends.around(input.frames(), directory))
                .addTo(environment);
        JobClient job = environment.executeAsync("millrace");
        console.printf("submitted job %s; its output goes to %s%n", job.getJobID(), directory);
        console.flush();
        return ExitCode.OK.code();
    }

    /** What the job reads; asks for the image topic even where no range is needed. */
    private static RunInput input(Settings settings, KafkaEnds ends, Topics topics) {
        topics.partitions(settings.kafka().images());
        boolean history = settings.source().readsHistory();
        ReplayManifest range = history ? FrozenRange.freeze(topics, settings) : null;
        return RunInput.of(settings, ends.connection(), range);
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
        // What overtakes a barrier would not be cut at one place of the sequence.
        environment.getCheckpointConfig().enableUnalignedCheckpoints(false);
        if (settings.parallelism().augment() > 0) {
            environment.setParallelism(settings.parallelism().augment());
        }
        return environment;
    }
}
