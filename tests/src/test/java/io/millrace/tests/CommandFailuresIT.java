package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.Millrace;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.feed.ProceduralFeed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a command says and returns when it cannot do what it is asked to. */
class CommandFailuresIT {

    @TempDir private Path directory;
    private Path source;
    private Path out;

    @BeforeEach
    void writePictures() throws IOException {
        source = directory.resolve("pictures");
        out = directory.resolve("out");
        Pictures.write(source, 5);
    }

    @Test
    void train_exitsWith4_whenNoBrokerAnswers() throws Exception {
        List<String> words = new ArrayList<>(List.of("train", "--bootstrap", "127.0.0.1:1"));
        words.addAll(List.of("--epochs", "1", "--out", out.toString()));

        // In a process of its own, where logs and uncaught exceptions would show.
        try (Child child = Child.start(directory, words)) {
            assertThat(child.await()).as(child.output()).isEqualTo(4);
            assertThat(child.output())
                    .startsWith("millrace: No Kafka broker answered at 127.0.0.1:1")
                    .hasLineCount(1);
        }
    }

    @Test
    void ingest_exitsWith4_whenTheBrokersNameIsUnknown() {
        assertFails(4, ingest("nowhere.invalid:9092"), "nowhere.invalid:9092");
    }

    @Test
    void train_exitsWith4AndNamesTheTopic_whenTheBrokerHasNoSuchTopic() {
        try (var broker = EmbeddedBroker.start(directory.resolve("broker"))) {
            assertFails(
                    4,
                    words("train", "--bootstrap", broker.bootstrap(), "--topic", "cameras"),
                    "Topic cameras does not exist",
                    broker.bootstrap());
        }
    }

    @Test
    void train_exitsWith3AndNamesBoth_whenTheBrokerAllowsShorterTransactions() {
        var limit = Map.of("transaction.max.timeout.ms", "300000");
        try (var broker = EmbeddedBroker.start(directory.resolve("broker"), limit);
                var topics = new Topics(KafkaConnection.to(broker.bootstrap()))) {
            topics.ensure("images", 1, Map.of());
            List<String> words = new ArrayList<>(List.of("train", "--out", out.toString()));
            words.addAll(List.of("--bootstrap", broker.bootstrap(), "-Dschedule.steps=100"));

            assertFails(
                    3,
                    words,
                    "kafka.transaction-timeout = 15 min",
                    "allow 5 min",
                    "transaction.max.timeout.ms=900000");

            assertThat(out.resolve("run.json")).doesNotExist();
        }
    }

    @Test
    void train_exitsWith3AndListsAllProblems_whenSettingsAreWrong() {
        List<String> words = Invocation.train(source, 1, out);
        words.addAll(
                List.of("-Dviews.side=0", "-Dcontrast.temprature=1", "-Dtraining.batch-size=many"));

        Invocation failed = Invocation.of(words);

        assertThat(failed.exitCode()).isEqualTo(3);
        assertThat(failed.err())
                .startsWith("millrace: 3 settings are wrong:")
                .contains("views.side", "did you mean contrast.temperature?", "training.batch-size")
                .doesNotContain("\tat ");
        assertThat(out).doesNotExist();
    }

    @Test
    void train_exitsWith2_whenASourceIsMissing() {
        Path missing = directory.resolve("missing.tar");

        assertFails(2, Invocation.train(missing, 1, out), "cannot read " + missing);
    }

    @Test
    void train_exitsWith2_whenFilesAreMeantForSomebodysBroker() {
        List<String> words = Invocation.train(source, 1, out, "--bootstrap", "127.0.0.1:1");

        assertFails(2, words, "--source", "--bootstrap");
    }

    @Test
    void train_exitsWith5_whenThereAreFewerLabelsThanImages() throws IOException {
        Path labels = Files.write(directory.resolve("labels.txt"), List.of("a", "b", "c"));
        List<String> words = Invocation.train(source, 1, out, "--labels", labels.toString());

        assertFails(5, words, labels.toString(), "3 labels", "5 images");
    }

    @Test
    void train_exitsWith5_whenAnArchiveIsCutOff() throws IOException {
        Path archive = directory.resolve("pictures.zip");
        var whole = new ByteArrayOutputStream();
        var feed = new ProceduralFeed(0, 0);
        try (var zip = new ZipOutputStream(whole)) {
            for (int index = 0; index < 100; index++) {
                zip.putNextEntry(new ZipEntry("class/" + index + ".jpg"));
                zip.write(feed.image(index).bytes());
            }
        }
        Files.write(archive, Arrays.copyOf(whole.toByteArray(), whole.size() / 2));

        assertFails(5, Invocation.train(archive, 1, out), archive.toString(), "past image");
    }

    @Test
    void train_exitsWith5_whenTheImagesDoNotMakeABatch() {
        assertFails(5, Invocation.train(source, 1, out), "5 records", "batch of 32");
    }

    @Test
    void train_exitsWith3_whenTheOutputDirectoryHoldsOtherFiles() throws IOException {
        Path letter = Files.writeString(Files.createDirectories(out).resolve("letter"), "Dear");

        assertFails(3, Invocation.train(source, 1, out), out.toString(), "choose another --out");

        assertThat(out).isDirectoryContaining(letter::equals);
        assertThat(out).isDirectoryNotContaining("glob:**/run.json");
    }

    @Test
    void help_isThere_forEveryCommand() {
        List<List<String>> commands = new ArrayList<>();
        collect(Millrace.commandLine(), List.of(), commands);
        assertThat(commands).contains(List.of(), List.of("train"), List.of("config", "show"));

        for (List<String> command : commands) {
            List<String> words = new ArrayList<>(command);
            words.add("--help");

            Invocation help = Invocation.of(words);

            assertThat(help.exitCode()).as(words.toString()).isZero();
            assertThat(help.out()).contains("Usage: millrace", String.join(" ", command));
            assertThat(help.err()).isEmpty();
        }
    }

    private static void collect(CommandLine command, List<String> path, List<List<String>> all) {
        all.add(path);
        command.getSubcommands()
                .forEach(
                        (name, subcommand) -> {
                            List<String> longer = new ArrayList<>(path);
                            longer.add(name);
                            collect(subcommand, List.copyOf(longer), all);
                        });
    }

    private List<String> ingest(String bootstrap) {
        List<String> words = new ArrayList<>(List.of("ingest", "--source", source.toString()));
        words.addAll(List.of("--topic", "images", "--bootstrap", bootstrap));
        return words;
    }

    private List<String> words(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--epochs", "1", "--out", out.toString()));
        return all;
    }

    /** One sentence in one line, with these parts. */
    private static void assertFails(int exitCode, List<String> words, String... parts) {
        Invocation failed = Invocation.of(words);

        assertThat(failed.exitCode()).as(failed.err()).isEqualTo(exitCode);
        assertThat(failed.err()).startsWith("millrace: ").contains(parts).hasLineCount(1);
    }
}
