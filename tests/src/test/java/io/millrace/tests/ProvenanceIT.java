package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot says how it came about, and it comes about again. */
@TestInstance(Lifecycle.PER_CLASS)
class ProvenanceIT {

    private static final int IMAGES = 300;

    private Path directory;
    private Outputs outputs;

    @BeforeAll
    void train(@TempDir Path temporary) throws IOException {
        directory = temporary;
        Path source = directory.resolve("pictures");
        Pictures.write(source, IMAGES);
        Pictures.writeHostile(source, 2);
        outputs = new Outputs(directory.resolve("run"));
        Invocation run =
                Invocation.of(
                        Invocation.train(
                                source,
                                8,
                                outputs.root(),
                                "-Dcheckpoint.interval=1 s",
                                "-Dsnapshots.keep=100",
                                "-Dsource.shuffle.block=16",
                                "-Dsource.shuffle.window=4",
                                "-Dsource.epoch-end=drop-last"));
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void range_liesBesideTheWeightsWithItsHash() throws Exception {
        Path range = outputs.latest().resolve("range.json");
        JsonNode json = Outputs.json(Files.readString(range));

        assertThat(outputs.manifest().path("range_sha256").asText())
                .isEqualTo(Outputs.sha256(range));
        assertThat(json.path("topic").asText()).isEqualTo("images");
        assertThat(json.path("epochs").asInt()).isEqualTo(8);
        assertThat(json.path("ranges").get(0).path("end").asInt()).isEqualTo(IMAGES + 8);
        assertThat(json.path("shuffle").path("window").asInt()).isEqualTo(4);
        assertThat(json.path("epochEnd").asText()).isEqualTo("DROP_LAST");
        assertThat(range).hasSameTextualContentAs(outputs.root().resolve("range.json"));
    }

    @Test
    void retrain_givesTheSameBits_forEachOfTwoSnapshots() throws IOException {
        for (Path snapshot : List.of(firstSnapshot(), outputs.latest())) {
            Invocation verified = verify(snapshot);

            assertThat(verified.exitCode()).as(verified.err()).isZero();
            assertThat(verified.out()).contains("same weights, bit for bit");
        }
    }

    /** A run that began with another one's encoder begins with it again. */
    @Test
    void retrain_givesTheSameBits_ofARunThatWentOnFromAnother() throws IOException {
        var second = new Outputs(directory.resolve("second"));
        Invocation run =
                Invocation.of(
                        Invocation.train(
                                directory.resolve("pictures"),
                                2,
                                second.root(),
                                "--init-from",
                                outputs.latest().toString()));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(second.manifest().path("parent").path("sha256"))
                .isEqualTo(outputs.manifest().path("weights_sha256"));

        Invocation verified = verify(second.latest());

        assertThat(verified.exitCode()).as(verified.err()).isZero();
        assertThat(verified.out()).contains("same weights, bit for bit");
    }

    /** A live run on one partition, as the demo is, has an order too. */
    @Test
    void retrain_givesTheSameBits_ofTheDemo() {
        Path demo = directory.resolve("demo");
        List<String> words = new ArrayList<>(List.of("demo", "--images", "400"));
        words.addAll(List.of("--corrupt", "0.02", "--out", demo.toString()));
        words.addAll(Invocation.SMALL);
        Invocation run = Invocation.of(words);
        assertThat(run.exitCode()).as(run.err()).isZero();

        Invocation verified = verify(demo.resolve("snapshots/default/latest"));
        assertThat(verified.exitCode()).as(verified.err()).isZero();
        assertThat(verified.out()).contains("same weights, bit for bit");

        Invocation ledger = Invocation.of("ledger", "--out", demo.toString());
        assertThat(ledger.exitCode()).as(ledger.err()).isZero();
    }

    /** Weights with a manifest that was made to fit them. */
    @Test
    void retrain_exitsWith5_whenTheWeightsAreOthers() throws Exception {
        Path copy = copy(firstSnapshot(), "others");
        Path weights = copy.resolve("model.safetensors");
        String before = Outputs.sha256(weights);
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 5] ^= 1;
        Files.write(weights, bytes);

        Invocation hashed = verify(copy);
        assertThat(hashed.exitCode()).isEqualTo(5);
        assertThat(hashed.err()).contains("expected SHA-256 " + before);
        assertThat(hashed.out()).doesNotContain("training again");

        replaceInManifest(copy, before, Outputs.sha256(weights));
        Invocation retrained = verify(copy);
        assertThat(retrained.exitCode()).isEqualTo(5);
        assertThat(retrained.out()).contains("files and manifest agree");
        assertThat(retrained.err())
                .contains(copy + ": training again gave another weights_sha256: expected ")
                .contains(before);
    }

    @Test
    void retrain_exitsWith5_whenTheSettingsWereOthers() throws Exception {
        Path copy = copy(firstSnapshot(), "settings");
        replaceInManifest(
                copy, "\"contrast.temperature\" : \"0.2\"", "\"contrast.temperature\" : \"0.3\"");

        Invocation retrained = verify(copy);

        assertThat(retrained.exitCode()).isEqualTo(5);
        assertThat(retrained.err()).contains("training again gave another weights_sha256");
    }

    @Test
    void retrain_wantsOneSnapshot() {
        Invocation verified = verify(outputs.root().resolve("snapshots/default"));

        assertThat(verified.exitCode()).isEqualTo(2);
        assertThat(verified.err()).contains("--retrain expects one, such as");
    }

    private static Invocation verify(Path snapshot) {
        return Invocation.of("snapshots", "verify", "--retrain", snapshot.toString());
    }

    /** Of a checkpoint within an epoch, as far as the machine's speed allows. */
    private Path firstSnapshot() throws IOException {
        try (Stream<Path> entries = Files.list(outputs.root().resolve("snapshots/default"))) {
            return entries.filter(entry -> ("" + entry.getFileName()).startsWith("step-"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Path copy(Path snapshot, String name) throws IOException {
        Path copy = Files.createDirectories(snapshot.resolveSibling(name));
        try (Stream<Path> files = Files.list(snapshot)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve("" + file.getFileName()));
            }
        }
        return copy;
    }

    private static void replaceInManifest(Path snapshot, String before, String after)
            throws IOException {
        Path manifest = snapshot.resolve("manifest.json");
        String text = Files.readString(manifest);
        assertThat(text).contains(before);
        Files.writeString(manifest, text.replace(before, after));
    }
}
