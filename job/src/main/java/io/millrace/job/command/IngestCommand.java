package io.millrace.job.command;

import static java.util.Objects.requireNonNull;

import io.millrace.job.console.Console;
import io.millrace.job.ingest.ImageSources;
import io.millrace.job.ingest.IngestProgress;
import io.millrace.job.ingest.Ingestion;
import io.millrace.job.run.Session;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Copies images from disk to a topic. */
@Command(
        name = "ingest",
        description = "Write folders and archives of images to a Kafka topic.",
        sortOptions = false)
public final class IngestCommand implements Runnable {

    @Option(
            names = "--source",
            paramLabel = "PATH",
            required = true,
            arity = "1..*",
            description =
                    "Folders (class/file), .tar, .tar.gz, .tgz or .zip. Folders are read in a fixed"
                            + " mixed order, archives in theirs.")
    private List<Path> sources = List.of();

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "One byte or one line for each image, in order; otherwise the folder that an"
                            + " image lies in is its label.")
    private @Nullable Path labels;

    @Option(names = "--topic", paramLabel = "T", required = true, description = "Made if absent.")
    private String topic = "";

    /** Whose brokers. */
    private static final class Brokers {
        @Option(
                names = "--bootstrap",
                paramLabel = "HOST:PORT",
                description = "Kafka brokers to ask first.")
        private @Nullable String bootstrap;

        @Option(
                names = "--out",
                paramLabel = "DIR",
                description =
                        "Output directory of a later `train` with the embedded broker, whose data is"
                                + " kept there.")
        private @Nullable Path out;
    }

    @ArgGroup(multiplicity = "1")
    private Brokers brokers = new Brokers();

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "1",
            description = "Partitions of a topic that is made (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        ImageSources images = ImageSources.of(sources, labels);
        try (Session session = session()) {
            if (partitions < 1) {
                throw new CommandFailure(
                        ExitCode.USAGE, "--partitions must be 1 or more, got " + partitions);
            }
            session.topics().ensure(topic, partitions, session.imageTopicConfig());
            int limit = session.topics().maxMessageBytes(topic);
            PrintWriter err = spec.commandLine().getErr();
            Console console = Console.detect(err);
            var target =
                    new Ingestion.Target(session.connection().bootstrapServers(), topic, limit);
            var ingestion = new Ingestion(target, progress -> show(progress, console));
            IngestProgress all = ingestion.run(images, 0);
            console.end();
            spec.commandLine().getOut().println(summary(all, limit));
            spec.commandLine().getOut().flush();
        }
    }

    private Session session() {
        if (brokers.out != null) {
            return Session.embedded(brokers.out.resolve("broker"));
        }
        return Session.at(requireNonNull(brokers.bootstrap, "bootstrap"));
    }

    private static void show(IngestProgress progress, Console console) {
        if (!progress.tooLarge().isEmpty()) {
            console.print("too large for the topic, passed over: " + progress.tooLarge());
            return;
        }
        console.update(
                () ->
                        String.format(
                                Locale.ROOT,
                                "%s %3.0f %%  %,d images  %,.0f images/s",
                                Console.bar(progress.fraction(), 24),
                                100 * progress.fraction(),
                                progress.images(),
                                progress.imagesPerSecond()),
                () ->
                        String.format(
                                Locale.ROOT,
                                "progress=%.3f images=%d images_per_s=%.0f",
                                progress.fraction(),
                                progress.images(),
                                progress.imagesPerSecond()));
    }

    private String summary(IngestProgress all, int limit) {
        String text =
                String.format(
                        Locale.ROOT,
                        "%,d images (%,d bytes) in topic %s after %.1f s: %,.0f images/s",
                        all.images(),
                        all.bytes(),
                        topic,
                        seconds(all.elapsed()),
                        all.imagesPerSecond());
        return all.oversized() == 0
                ? text
                : text
                        + "; "
                        + all.oversized()
                        + " too large for the topic's limit of "
                        + limit
                        + " bytes were left out";
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
