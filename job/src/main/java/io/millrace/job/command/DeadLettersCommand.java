package io.millrace.job.command;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.kafka.DeadLetterTopic;
import io.millrace.connectors.kafka.DeadLetterTopic.Letter;
import io.millrace.job.run.Session;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What could not be trained on: to look at, and to try again. */
@Command(
        name = "deadletters",
        description = "List, show or send again the records that could not be trained on.",
        subcommands = {
            DeadLettersCommand.Listing.class,
            DeadLettersCommand.Show.class,
            DeadLettersCommand.Replay.class
        })
public final class DeadLettersCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "missing subcommand; try: deadletters list");
    }

    /** Which topic, on whose brokers. */
    static final class Where {

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
                    description = "Output directory of a run with the embedded broker.")
            private @Nullable Path out;
        }

        @ArgGroup(multiplicity = "1")
        private Brokers brokers = new Brokers();

        @Option(
                names = "--topic",
                paramLabel = "T",
                defaultValue = "millrace-dead-letters",
                description = "Topic of the letters (default: ${DEFAULT-VALUE}).")
        private String topic = "";

        void use(Consumer<DeadLetterTopic> work) {
            try (Session session =
                    brokers.out != null
                            ? Session.embedded(brokers.out.resolve("broker"))
                            : Session.at(requireNonNull(brokers.bootstrap, "bootstrap"))) {
                work.accept(new DeadLetterTopic(session.connection(), session.topics(), topic));
            }
        }
    }

    /** Prints a line a letter. */
    @Command(
            name = "list",
            description =
                    "Print a line for each letter, oldest first, and how many of each reason.")
    static final class Listing implements Runnable {

        @Mixin private Where where = new Where();

        @Option(names = "--reason", paramLabel = "R", description = "Only those, such as CORRUPT.")
        private @Nullable String reason;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "100",
                description = "Lines at most; all are counted (default: ${DEFAULT-VALUE}).")
        private long limit;

        @Spec private CommandSpec spec;

        @Override
        public void run() {
            PrintWriter out = spec.commandLine().getOut();
            Map<String, Long> counts = new TreeMap<>();
            long[] lines = {0};
            where.use(
                    topic ->
                            topic.read(
                                    letter -> {
                                        String its = letter.header("reason");
                                        counts.merge(its, 1L, Long::sum);
                                        boolean asked = reason == null || reason.equals(its);
                                        if (asked && lines[0] < limit) {
                                            lines[0]++;
                                            out.println(line(letter));
                                        }
                                    }));
            long all = counts.values().stream().mapToLong(n -> n).sum();
            out.println(all + " dead letters" + (all == 0 ? "" : ": " + counts));
            out.flush();
        }

        private static String line(Letter letter) {
            return String.join(
                    "  ",
                    letter.place(),
                    letter.origin(),
                    letter.header("reason"),
                    bytes(letter),
                    letter.header("detail").replaceAll("\\s+", " "));
        }
    }

    private static String bytes(Letter letter) {
        String omitted = letter.header("value-omitted");
        return omitted.isEmpty()
                ? letter.value().length + " bytes"
                : omitted + " bytes, not kept here";
    }

    /** Prints one letter. */
    @Command(name = "show", description = "Print what is known of one letter, and save its bytes.")
    static final class Show implements Runnable {

        @Mixin private Where where = new Where();

        @Parameters(paramLabel = "PLACE", description = "As printed by list: partition@offset.")
        private String place = "";

        @Option(names = "--save", paramLabel = "FILE", description = "Write the original bytes.")
        private @Nullable Path file;

        @Spec private CommandSpec spec;

        @Override
        public void run() {
            List<Letter> found = new ArrayList<>();
            where.use(
                    topic ->
                            topic.read(
                                    letter -> {
                                        if (letter.place().equals(place)) {
                                            found.add(letter);
                                        }
                                    }));
            if (found.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.BAD_DATA,
                        "there is no dead letter "
                                + place
                                + "; deadletters list prints those there are");
            }
            PrintWriter out = spec.commandLine().getOut();
            Letter letter = found.get(0);
            out.println("place: " + place);
            out.println("origin: " + letter.origin());
            out.println("value: " + bytes(letter));
            new TreeMap<>(letter.headers())
                    .forEach((name, text) -> out.println(name + ": " + text));
            if (file != null) {
                save(letter, file);
                out.println("saved: " + file);
            }
            out.flush();
        }

        private static void save(Letter letter, Path file) {
            try {
                Files.write(file, letter.value());
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.USAGE, "cannot write " + file + ": " + e, e);
            }
        }
    }

    /** Sends letters again. */
    @Command(
            name = "replay",
            description = {
                "Send the original records again, to the topics they came from or to another one;"
                        + " they get new offsets there, and so new views.",
                "The letters stay. Originals that were too large to be kept are left out."
            })
    static final class Replay implements Runnable {

        @Mixin private Where where = new Where();

        @Option(names = "--reason", paramLabel = "R", description = "Only those, such as CORRUPT.")
        private @Nullable String reason;

        @Option(names = "--to", paramLabel = "T", description = "Topic to send all of them to.")
        private @Nullable String target;

        @Spec private CommandSpec spec;

        @Override
        public void run() {
            long[] sent = {0};
            where.use(
                    topic ->
                            sent[0] =
                                    topic.replay(
                                            letter ->
                                                    reason == null
                                                            || reason.equals(
                                                                    letter.header("reason")),
                                            target));
            PrintWriter out = spec.commandLine().getOut();
            out.println(sent[0] + " records sent again");
            out.flush();
        }
    }
}
