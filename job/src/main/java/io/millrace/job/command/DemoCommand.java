package io.millrace.job.command;

import io.millrace.connectors.kafka.TransactionLimit;
import io.millrace.connectors.live.LiveSource;
import io.millrace.connectors.live.StartAt;
import io.millrace.job.console.Console;
import io.millrace.job.feed.ProceduralFeed;
import io.millrace.job.run.FeedThread;
import io.millrace.job.run.KafkaEnds;
import io.millrace.job.run.RunDirectory;
import io.millrace.job.run.RunDisplay;
import io.millrace.job.run.RunIdentity;
import io.millrace.job.run.RunSummary;
import io.millrace.job.run.Session;
import io.millrace.job.run.TrainingRun;
import io.millrace.job.run.TransactionCheck;
import io.millrace.job.settings.Preset;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole thing on one machine: a broker, a feed, the job. */
@Command(
        name = "demo",
        description = {
            "Trains on a live procedural image stream, with a Kafka broker and a Flink cluster in"
                    + " this process.",
            "Ctrl-C stops with a last checkpoint and snapshot; the same command goes on from there."
        })
public final class DemoCommand implements Callable<Integer> {

    @Mixin private SettingsFlags settingsFlags;
    @Mixin private OutputFlags outputFlags;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "96000",
            description = "Records that the feed sends (default: ${DEFAULT-VALUE}).")
    private long images;

    @Option(
            names = "--corrupt",
            paramLabel = "SHARE",
            defaultValue = "0.002",
            description =
                    "Share of records whose bytes are spoilt on purpose, 0 to 0.5 (default:"
                            + " ${DEFAULT-VALUE}).")
    private double corrupt;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (images < 1 || !(corrupt >= 0 && corrupt <= 0.5)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--images must be 1 or more and --corrupt 0 to 0.5, got %d and %s"
                            .formatted(images, corrupt));
        }
        Path out = outputFlags.directory("millrace-demo");
        ResolvedSettings resolved = settingsFlags.resolve(Preset.DEMO);
        PrintWriter console = spec.commandLine().getOut();
        var display = new RunDisplay(Console.detect(console));
        var feed = new ProceduralFeed(resolved.settings().learning().seed(), corrupt);
        Map<String, String> input = Map.of("--images", "" + images, "--corrupt", "" + corrupt);
        RunSummary summary;
        try (var directory = RunDirectory.open(out, RunIdentity.of("demo", resolved, input))) {
            Optional<RunSummary> before = RunSummary.ofCompleted(directory);
            if (before.isPresent()) {
                display.say(
                        "This run is complete. For another, choose another --out or delete " + out);
                summary = before.get();
            } else {
                display.say(
                        "Starting a Kafka broker and a Flink cluster; everything goes to " + out);
                summary = run(resolved, directory, feed, display);
            }
        }
        console.print(SummaryTable.render(summary, out));
        console.flush();
        return ExitCode.OK.code();
    }

    private RunSummary run(
            ResolvedSettings resolved,
            RunDirectory directory,
            ProceduralFeed feed,
            RunDisplay display)
            throws Exception {
        try (Session session = Session.embedded(directory.broker())) {
            Settings settings =
                    ScheduleCheck.withLength(resolved.settings(), images, 1)
                            .withBootstrap(session.connection().bootstrapServers());
            String topic = settings.kafka().images();
            long sent = session.imageTopic(topic).getOrDefault(0, 0L);
            var ends = new KafkaEnds(settings, resolved);
            TransactionCheck.require(
                    settings,
                    TransactionCheck.longestCheckpoint(settings),
                    TransactionLimit.of(session.connection()));
            ends.createOutputTopics(session.topics());
            var source =
                    LiveSource.bounded(
                            session.connection(),
                            topic,
                            settings.kafka().group(),
                            StartAt.earliest(),
                            Map.of(0, images));
            var run = new TrainingRun(settings, directory, display);
            directory.begin();
            var span = new FeedThread.Span(sent, images);
            try (var thread =
                    new FeedThread(feed, session.connection(), topic, span, ahead(settings))) {
                return run.execute(ends.around(source, directory.root()), thread::trainedOn);
            }
        }
    }

    /**
     * How far the feed may run ahead: at least so far that the trainer gets to its next report, of
     * which the feed hears what is trained on, though half the records be bad.
     */
    private static long ahead(Settings settings) {
        long report =
                (long) settings.output().metricsEverySteps() * settings.learning().batchSize();
        return Math.max(4096, 3 * (report + settings.learning().batchSize()));
    }
}
