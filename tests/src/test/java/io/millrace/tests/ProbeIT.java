package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace probe} on the encoder of a small run, as a user calls it. */
@TestInstance(Lifecycle.PER_CLASS)
class ProbeIT {

    private static final int TRAIN = 192;
    private static final int TEST = 64;

    /** Enough for an encoder that is clearly better than chance. */
    private static final int EPOCHS = 16;

    private Path directory;
    private Path train;
    private Path test;
    private Path archive;
    private Path labels;
    private Outputs run;

    @BeforeAll
    void train(@TempDir Path temporary) throws IOException {
        directory = temporary;
        train = directory.resolve("train");
        test = directory.resolve("test");
        Path all = directory.resolve("all");
        Pictures.write(all, TRAIN + TEST);
        List<String> classes = new ArrayList<>();
        archive = directory.resolve("train.tar.gz");
        try (var tar = new TarGz(archive);
                Stream<Path> files = Files.walk(all)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String label = all.relativize(file).getName(0).toString();
                String name = all.relativize(file).getName(1).toString();
                boolean isTest = Integer.parseInt(name, 0, 5, 10) >= TRAIN;
                Path folder = Files.createDirectories((isTest ? test : train).resolve(label));
                Files.copy(file, folder.resolve(name));
                if (!isTest) {
                    // Flat: only the file of labels tells the class.
                    tar.add(name, Files.readAllBytes(file));
                    classes.add(label);
                }
            }
        }
        labels = Files.write(directory.resolve("labels.txt"), classes);
        run = new Outputs(directory.resolve("run"));
        Invocation trained = Invocation.of(Invocation.train(train, EPOCHS, run.root()));
        assertThat(trained.exitCode()).as(trained.err()).isZero();
    }

    @Test
    void probe_printsJson_writesResultsAndPicture_whenSourcesAreFolders() throws IOException {
        Path out = directory.resolve("results");

        Invocation probed =
                probe("--train", train, "--test", test, "--protocol", "both", "--out", out);

        JsonNode json = json(probed);
        assertThat(json.path("knn_accuracy").asDouble(-1)).isBetween(0.15, 1.0);
        assertThat(json.path("linear_accuracy").asDouble(-1)).isBetween(0.15, 1.0);
        assertThat(json.path("train").path("images").asInt()).isEqualTo(TRAIN);
        assertThat(json.path("test").path("images").asInt()).isEqualTo(TEST);
        assertThat(json.path("knn"))
                .extracting(vote -> vote.path("features").asText() + vote.path("temperature"))
                .containsExactly("backbone0.1", "backbone0.07", "head0.1", "head0.07");
        assertThat(json.path("linear"))
                .extracting(linear -> linear.path("protocol").asText())
                .containsExactly("standardised", "moco");
        assertThat(json.path("knn"))
                .allSatisfy(
                        vote ->
                                assertThat(vote.path("top5").asDouble())
                                        .isBetween(vote.path("top1").asDouble(), 1.0));
        assertThat(images(json)).isEqualTo(TEST);
        assertThat(json.path("features").path("rank_me").asDouble()).isBetween(1.0, 16.0);
        assertThat(json.path("snapshot").path("weights_sha256").asText())
                .isEqualTo(run.manifest().path("weights_sha256").asText());
        assertThat(probed.err())
                .contains("phase=features set=train progress=")
                .doesNotContain("\r", "\u001b");
        assertThat(Outputs.json(Files.readString(out.resolve("results.json")))).isEqualTo(json);
        assertThat(ImageIO.read(out.resolve("confusion.png").toFile()).getWidth())
                .isGreaterThan(500);
    }

    @Test
    void probe_findsTheSame_whenTheImagesComeAsArchiveOrTopic() throws IOException {
        JsonNode folders = json(probe("--train", train, "--test", test));

        JsonNode archives =
                json(probe("--train", archive, "--train-labels", labels, "--test", test));
        JsonNode topics;
        try (var broker = EmbeddedBroker.start(run.root().resolve("broker"))) {
            Object[] more = {"--test", test, "--bootstrap", broker.bootstrap(), "--train", ""};
            more[5] = "kafka:images@0-" + TRAIN;
            topics = json(probe(more));
            more[5] = "kafka:images@0-" + (TRAIN + 1);
            assertFailed(probe(more), 2, "kafka:images@0-193", "192");
        }

        for (JsonNode other : List.of(archives, topics)) {
            assertThat(other.path("train").path("images").asInt()).isEqualTo(TRAIN);
            assertThat(other.path("knn")).isEqualTo(folders.path("knn"));
            assertThat(other.path("linear_accuracy")).isEqualTo(folders.path("linear_accuracy"));
            assertThat(other.path("per_class")).isEqualTo(folders.path("per_class"));
        }
    }

    @Test
    void probe_printsATable_andFilesBesideTheSnapshot_forAPerson() throws IOException {
        Path snapshot = copyOfSnapshot("for-a-person");
        Files.delete(snapshot.resolve("head.safetensors"));

        Invocation probed =
                Invocation.of(
                        words("--snapshot", snapshot, "--train", train, "--test", test, "--k", 20));

        assertThat(probed.exitCode()).as(probed.err()).isZero();
        assertThat(probed.out())
                .contains("kNN on backbone, k 20, T 0.1", "linear, standardised features", "RankMe")
                .contains("class ", "images", "results.json and confusion.png are in ")
                .doesNotContain("kNN on head");
        assertThat(snapshot.resolveSibling("for-a-person.probe"))
                .isDirectoryContaining("glob:**/results.json")
                .isDirectoryContaining("glob:**/confusion.png");
    }

    @Test
    void probe_saysThatTheHeadIsLeftOut_whenItIsOfNoKnownKind() throws Exception {
        Path snapshot = copyOfSnapshot("unknown-head");
        Path head = snapshot.resolve("head.safetensors");
        String before = Outputs.sha256(head);
        List<NamedTensor> tensors = new ArrayList<>();
        for (NamedTensor tensor : Safetensors.decode(Files.readAllBytes(head)).tensors()) {
            String name = tensor.name().replace("fc.2", "fc.5");
            tensors.add(new NamedTensor(name, tensor.type(), tensor.shape(), tensor.data()));
        }
        Files.write(head, Safetensors.encode(tensors, Map.of()));
        Path manifest = snapshot.resolve("manifest.json");
        Files.writeString(
                manifest, Files.readString(manifest).replace(before, Outputs.sha256(head)));

        Invocation probed =
                Invocation.of(
                        words("--snapshot", snapshot, "--train", train, "--test", test, "--k", 20));

        assertThat(probed.exitCode()).as(probed.err()).isZero();
        assertThat(probed.out().lines())
                .anyMatch(line -> line.startsWith(head + " is left out: expected a head of kind"));
        assertThat(probed.out()).contains("kNN on backbone").doesNotContain("kNN on head");
    }

    @Test
    void probe_isWithinNoise_whenTheEncoderComputesInBf16() throws IOException {
        JsonNode fp32 = json(probe("--train", train, "--test", test));
        JsonNode bf16 = json(probe("--train", train, "--test", test, "--precision", "bf16"));

        // Four of 64 images.
        double expected = fp32.path("knn_accuracy").asDouble();
        assertThat(bf16.path("knn_accuracy").asDouble()).isCloseTo(expected, within(0.063));
        assertThat(bf16.path("plan").path("precision").asText()).isEqualTo("bf16");
    }

    @Test
    void probe_exitsWith2_whenThereIsNoSnapshot() {
        Path nowhere = directory.resolve("nowhere");
        List<String> words = words("--snapshot", nowhere, "--train", train, "--test", test);

        assertFailed(Invocation.of(words), 2, "nowhere", "RUN/snapshots/default");
    }

    @Test
    void probe_exitsWith5AndNamesTheFile_whenTheSnapshotIsDamaged() throws IOException {
        Path snapshot = copyOfSnapshot("damaged");
        List<String> words = words("--snapshot", snapshot, "--train", train, "--test", test);
        for (String name : List.of("head.safetensors", "model.safetensors")) {
            Path file = snapshot.resolve(name);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 3] ^= 1;
            Files.write(file, bytes);

            assertFailed(Invocation.of(words), 5, name, "SHA-256", "copy the snapshot again");
        }
        Files.delete(snapshot.resolve("model.safetensors"));
        assertFailed(Invocation.of(words), 5, "model.safetensors is missing");
    }

    @Test
    void probe_exitsWith5_whenNothingTellsTheClasses() {
        assertFailed(
                probe("--train", archive, "--test", test),
                5,
                archive.toString(),
                "192 have no label");
    }

    @Test
    void probe_exitsWith5_whenThereAreNoImages() throws IOException {
        Path empty = Files.createDirectories(directory.resolve("empty"));

        assertFailed(probe("--train", train, "--test", empty), 5, empty.toString(), "no image");
    }

    @Test
    void probe_exitsWith5_whenThereAreFewerLabelsThanImages() throws IOException {
        Path few = Files.write(directory.resolve("few.txt"), List.of("a", "b"));

        assertFailed(
                probe("--train", archive, "--train-labels", few, "--test", test),
                5,
                few.toString(),
                "2 labels",
                "192 images");
    }

    @Test
    void probe_exitsWith2_whenATopicComesWithoutBrokersOrWithAFileOfLabels() {
        assertFailed(probe("--train", "kafka:images", "--test", test), 2, "--bootstrap");
        assertFailed(probe("--train", train, "--test", test, "--k", 0), 2, "--k");
        assertFailed(
                probe("--train", "kafka:images@7", "--test", test, "--bootstrap", "localhost:1"),
                2,
                "kafka:TOPIC@START-END");
    }

    private Invocation probe(Object... more) {
        List<String> words = words("--snapshot", run.latest(), "--json");
        for (Object word : more) {
            words.add(word.toString());
        }
        return Invocation.of(words);
    }

    private static List<String> words(Object... more) {
        List<String> words = new ArrayList<>(List.of("probe", "--threads", "1"));
        for (Object word : more) {
            words.add(word.toString());
        }
        return words;
    }

    private static JsonNode json(Invocation probed) throws IOException {
        assertThat(probed.exitCode()).as(probed.err()).isZero();
        return Outputs.json(probed.out());
    }

    /** Those that the confusion matrix counts. */
    private static int images(JsonNode json) {
        int images = 0;
        for (JsonNode row : json.path("confusion")) {
            for (JsonNode cell : row) {
                images += cell.asInt();
            }
        }
        return images;
    }

    private Path copyOfSnapshot(String name) throws IOException {
        Path copy = Files.createDirectories(directory.resolve(name));
        try (Stream<Path> files = Files.list(run.latest().toRealPath())) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        copy.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return copy;
    }

    /** In one sentence, the last that it says. */
    private static void assertFailed(Invocation failed, int exitCode, String... parts) {
        assertThat(failed.exitCode()).as(failed.err()).isEqualTo(exitCode);
        assertThat(failed.out()).isEmpty();
        List<String> lines = failed.err().lines().toList();
        assertThat(lines.get(lines.size() - 1)).startsWith("millrace: ").contains(parts);
        assertThat(failed.err()).doesNotContain("\tat ");
    }
}
