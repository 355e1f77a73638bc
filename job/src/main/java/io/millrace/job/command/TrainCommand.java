package io.millrace.job.command;

import io.millrace.connectors.kafka.TransactionLimit;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.console.Console;
import io.millrace.job.ingest.ImageSources;
import io.millrace.job.ingest.Ingestion;
import io.millrace.job.run.FrozenRange;
import io.millrace.job.run.KafkaEnds;
import io.millrace.job.run.RunDirectory;
import io.millrace.job.run.RunDisplay;
import io.millrace.job.run.RunIdentity;
import io.millrace.job.run.RunSummary;
import io.millrace.job.run.Session;
import io.millrace.job.run.TrainingRun;
import io.millrace.job.run.TransactionCheck;
import io.millrace.job.settings.ReplayOptions;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import io.millrace.job.settings.StreamOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the job in this process, on a topic or on image files. */
@Command(
        name = "train",
        description = {
            "Trains on a topic, or on image files that it loads into one first.",
            "Ctrl-C stops with a last checkpoint and snapshot; the same command goes on from there."
        })
public final class TrainCommand implements Callable<Integer> {

    @Mixin private SettingsFlags settingsFlags;
    @Mixin private OutputFlags outputFlags;
    @Mixin private InitialFlags initialFlags;

    @Option(
            names = "--source",
            arity = "1..*",
            paramLabel = "PATH",
            description = "Image folders (class/file), .tar, .tar.gz or .zip; read in this order.")
    private List<Path> sources = new ArrayList<>();

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "One label for each image of the sources: a byte or a text line.")
    private @Nullable Path labels;

    @Option(
            names = "--epochs",
            paramLabel = "E",
            description = "Passes over what the topic holds at the start; without it, live.")
    private @Nullable Integer epochs;

    @Option(
            names = "--then-live",
            description =
                    "After the epochs (one without --epochs) go on with what arrives, until"
                            + " stopped; same as -Dsource.start=history-then-live.")
    private boolean thenLive;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "Topic of encoded images; same as -Dkafka.topic.images.")
    private @Nullable String topic;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description =
                    "Kafka brokers; without it, an embedded one with its data in the output"
                            + " directory.")
    private @Nullable String bootstrap;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ResolvedSettings asked = settingsFlags.resolve(null, overrides());
        RunInput.requireSchedule(asked);
        if (!sources.isEmpty() && !asked.isDefault(StreamOptions.BOOTSTRAP)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--source loads files into the embedded broker, and --bootstrap or"
                            + " kafka.bootstrap names another; load them with `ingest` first, or"
                            + " drop one");
        }
        ImageSources images = sources.isEmpty() ? null : ImageSources.of(sources, labels);
        Path out = outputFlags.directory("millrace-run");
        PrintWriter console = spec.commandLine().getOut();
        var display = new RunDisplay(Console.detect(console));
        Optional<RunSummary> complete = completeWithoutParent(asked, out, display);
        RunSummary summary =
                complete.isPresent() ? complete.get() : goOn(asked, out, images, display);
        console.print(SummaryTable.render(summary, out));
        console.flush();
        return ExitCode.OK.code();
    }

    /** Of a run that has ended, whose first weights are gone: it needs them no more. */
    private Optional<RunSummary> completeWithoutParent(
            ResolvedSettings asked, Path out, RunDisplay display) {
        Optional<Path> gone = initialFlags.gone();
        String parent = RunDirectory.identity(out).get(RunIdentity.INITIAL);
        if (gone.isEmpty() || parent == null) {
            return Optional.empty();
        }
        Map<String, String> input = new LinkedHashMap<>(input());
        input.put(RunIdentity.INITIAL, parent);
        try (var directory = RunDirectory.open(out, RunIdentity.of("train", asked, input))) {
            Optional<RunSummary> complete = RunSummary.ofCompleted(directory);
            if (complete.isPresent()) {
                display.say(
                        "--init-from %s is gone, so nobody can tell whether it was %s, which the run began with"
                                .formatted(gone.get(), parent));
                sayComplete(out, display);
            }
            return complete;
        }
    }

    private static void sayComplete(Path out, RunDisplay display) {
        display.say("This run is complete. For another, choose another --out or delete " + out);
    }

    private RunSummary goOn(
            ResolvedSettings asked, Path out, @Nullable ImageSources images, RunDisplay display)
            throws Exception {
        ResolvedSettings resolved = initialFlags.applyTo(asked, display::say);
        try (var directory = RunDirectory.open(out, RunIdentity.of("train", resolved, input()))) {
            Optional<RunSummary> before = RunSummary.ofCompleted(directory);
            if (before.isPresent()) {
                sayComplete(out, display);
                return before.get();
            }
            return run(resolved, directory, images, display);
        }
    }

    private RunSummary run(
            ResolvedSettings resolved,
            RunDirectory directory,
            @Nullable ImageSources images,
            RunDisplay display)
            throws Exception {
        boolean begun = FrozenRange.read(directory.root()).isPresent();
        if (images != null && !begun) {
            directory.beginLoading();
        }
        try (Session session = session(resolved, directory)) {
            Settings settings =
                    resolved.settings().withBootstrap(session.connection().bootstrapServers());
            session.imageTopic(settings.kafka().images());
            // Before anything is written that a second start would meet.
            TransactionCheck.require(
                    settings,
                    TransactionCheck.longestCheckpoint(settings),
                    TransactionLimit.of(session.connection()));
            if (images != null && !begun) {
                ingest(images, settings, display);
            }
            return train(settings, resolved, session, directory, display);
        }
    }

    private RunSummary train(
            Settings given,
            ResolvedSettings resolved,
            Session session,
            RunDirectory directory,
            RunDisplay display)
            throws Exception {
        ReplayManifest range =
                given.source().readsHistory()
                        ? FrozenRange.readOrFreeze(directory.root(), session.topics(), given)
                        : null;
        RunInput input = RunInput.of(given, session.connection(), range);
        if (range != null) {
            FrozenRange.write(directory.root(), range, given);
        }
        if (given.source().mode() == StreamOptions.Mode.LIVE) {
            display.say(
                    "following topic %s at %s%s"
                            .formatted(
                                    given.kafka().images(),
                                    given.kafka().bootstrap(),
                                    range == null
                                            ? ""
                                            : " after %d epochs of its history"
                                                    .formatted(range.epochs())));
        }
        directory.begin();
        var ends = new KafkaEnds(input.settings(), resolved);
        ends.createOutputTopics(session.topics());
        return new TrainingRun(input.settings(), directory, display)
                .execute(ends.around(input.frames(), directory.root()), records -> {});
    }

    private static void ingest(ImageSources images, Settings settings, RunDisplay display) {
        var target =
                new Ingestion.Target(
                        settings.kafka().bootstrap(),
                        settings.kafka().images(),
                        EmbeddedBroker.MAX_RECORD_BYTES);
        var progress = new Ingestion(target, display::show).run(images, 0);
        display.end();
        display.say(
                "loaded %,d images into topic %s (%,.0f images/s)"
                        .formatted(
                                progress.images(),
                                settings.kafka().images(),
                                progress.imagesPerSecond()));
    }

    /** Brokers that some setting names, or an embedded one. */
    private static Session session(ResolvedSettings resolved, RunDirectory directory) {
        return resolved.isDefault(StreamOptions.BOOTSTRAP)
                ? Session.embedded(directory.broker())
                : Session.at(resolved.settings().kafka().bootstrap());
    }

    /** What the options say as settings, stronger than all others. */
    private Map<String, String> overrides() {
        Map<String, String> overrides = new LinkedHashMap<>();
        if (topic != null) {
            overrides.put(StreamOptions.IMAGES.key(), topic);
        }
        if (bootstrap != null) {
            overrides.put(StreamOptions.BOOTSTRAP.key(), bootstrap);
        }
        if (thenLive) {
            overrides.put(StreamOptions.MODE.key(), "live");
            overrides.put(StreamOptions.START.key(), "history-then-live");
        } else if (epochs != null || !sources.isEmpty()) {
            overrides.put(StreamOptions.MODE.key(), "replay");
        }
        if (epochs != null || !sources.isEmpty()) {
            overrides.put(ReplayOptions.EPOCHS.key(), epochs == null ? "1" : epochs.toString());
        }
        return overrides;
    }

    private Map<String, String> input() {
        Map<String, String> input = new LinkedHashMap<>();
        if (!sources.isEmpty()) {
            input.put("--source", sources.stream().map(Path::toAbsolutePath).toList().toString());
            input.put("--labels", labels == null ? "" : labels.toAbsolutePath().toString());
        }
        return input;
    }
}
