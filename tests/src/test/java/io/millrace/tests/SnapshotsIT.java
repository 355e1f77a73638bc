package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.Safetensors;
import io.millrace.model.snapshot.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A run's encoder goes on elsewhere: in another run, and in other programs. */
@TestInstance(Lifecycle.PER_CLASS)
class SnapshotsIT {

    private Path directory;
    private Path source;
    private Outputs parent;

    @BeforeAll
    void trainTheParent(@TempDir Path temporary) throws IOException {
        directory = temporary;
        source = directory.resolve("pictures");
        Pictures.write(source, 96);
        parent = new Outputs(directory.resolve("parent"));
        Invocation run = Invocation.of(Invocation.train(source, 1, parent.root()));
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    /** A learning rate of nothing leaves the weights what they were at the start. */
    private Invocation child(String name, Path from, String... more) {
        List<String> words = Invocation.train(source, 1, directory.resolve(name), more);
        words.addAll(List.of("--init-from", from.toString(), "-Doptimizer.learning-rate=0"));
        if (words.contains("-Dcontrast.mechanism=end-to-end")) {
            // Which it does not read.
            words.removeIf(word -> word.startsWith("-Dcontrast.queue-capacity="));
        }
        return Invocation.of(words);
    }

    @Test
    void train_startsFromASnapshot_andItsOwnSnapshotsNameIt() throws Exception {
        Outputs outputs = new Outputs(directory.resolve("child"));

        Invocation run = child("child", parent.latest());

        assertThat(run.exitCode()).as(run.err()).isZero();
        Path weights = parent.latest().toRealPath().resolve("model.safetensors");
        assertThat(run.out())
                .contains("the run starts from the backbone of both encoders of " + weights);
        JsonNode named = outputs.manifest().path("parent");
        assertThat(named.path("file").asText()).isEqualTo(weights.toString());
        assertThat(named.path("sha256").asText()).isEqualTo(parent.weightsSha256());
        assertThat(parameters(outputs.latest())).isEqualTo(parameters(parent.latest()));
        assertThat(parent.manifest().has("parent")).isFalse();

        assertThat(outputs.summary().path("parent_sha256").asText())
                .isEqualTo(parent.weightsSha256());

        Invocation again = child("child", weights);
        assertThat(again.out()).contains("This run is complete");
        Invocation other =
                Invocation.of(
                        Invocation.train(source, 1, outputs.root(), "-Doptimizer.learning-rate=0"));
        assertThat(other.exitCode()).isEqualTo(3);
        assertThat(other.err())
                .contains("belongs to another run: --init-from is a file of SHA-256");
    }

    @Test
    void train_saysThatTheRunIsComplete_whenItsParentIsGone() throws Exception {
        Path weights = directory.resolve("short-lived.safetensors");
        Files.copy(parent.latest().resolve("model.safetensors"), weights);
        Invocation first = child("orphan", weights);
        assertThat(first.exitCode()).as(first.err()).isZero();
        Files.delete(weights);

        Invocation again = child("orphan", weights);

        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out())
                .contains("--init-from " + weights + " is gone", "This run is complete");

        Invocation other = child("orphan", weights, "-Dtraining.batch-size=16");
        assertThat(other.exitCode()).isEqualTo(3);
        assertThat(other.err()).contains("training.batch-size is 32 there and 16 here");
    }

    @Test
    void train_takesACheckpointsEncoder_whenTheMechanismHasNoQueue() throws Exception {
        Outputs outputs = new Outputs(directory.resolve("end-to-end"));

        Invocation run = child("end-to-end", mocoCheckpoint(), "-Dcontrast.mechanism=end-to-end");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("starts from the query encoder and its head of")
                .contains("left out encoder_k.*, queue, queue_ptr: contrast.mechanism end-to-end");
        assertThat(parameters(outputs.latest())).isEqualTo(parameters(parent.latest()));
    }

    @Test
    void train_takesOverAMocoCheckpoint_queueAndAll() throws Exception {
        Path checkpoint = mocoCheckpoint();
        Outputs outputs = new Outputs(directory.resolve("moco"));

        Invocation run = child("moco", checkpoint, "-Dmetrics.every-steps=1");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("starts from both encoders, their heads and the queue of");
        assertThat(parameters(outputs.latest())).isEqualTo(parameters(parent.latest()));
        assertThat(outputs.metrics("step").get(0).path("queue_fill").asDouble()).isEqualTo(1);

        Invocation unfit =
                child("unfit", checkpoint, "-Dhead.kind=linear", "-Dcontrast.queue-capacity=64");
        assertThat(unfit.exitCode()).isEqualTo(3);
        assertThat(unfit.err())
                .contains("does not fit the settings in 2 points:")
                .contains("set head.kind: mlp", "set contrast.queue-capacity: 128");
    }

    /** The parent's backbone as both encoders, by the names of the converter's files. */
    private Path mocoCheckpoint() throws IOException {
        byte[] file = Files.readAllBytes(parent.latest().resolve("model.safetensors"));
        List<NamedTensor> tensors = new ArrayList<>();
        for (String encoder : List.of("encoder_q.", "encoder_k.")) {
            for (NamedTensor tensor : Safetensors.decode(file).tensors()) {
                tensors.add(
                        new NamedTensor(
                                encoder + tensor.name(),
                                tensor.type(),
                                tensor.shape(),
                                tensor.data()));
            }
            for (String layer : List.of("fc.0.", "fc.2.")) {
                tensors.add(floats(encoder + layer + "weight", 0.1f, 16, 16));
                tensors.add(floats(encoder + layer + "bias", 0.1f, 16));
            }
        }
        tensors.add(floats("queue", 0.25f, 16, 128)); // columns of length 1
        tensors.add(
                new NamedTensor(
                        "queue_ptr", TensorInfo.Type.I64, List.of(1L), ByteBuffer.allocate(8)));
        Path checkpoint = directory.resolve("moco.safetensors");
        Files.write(checkpoint, Safetensors.encode(tensors, Map.of()));
        return checkpoint;
    }

    private static NamedTensor floats(String name, float value, long... shape) {
        int size = Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact));
        ByteBuffer data = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < size; i++) {
            data.putFloat(i * Float.BYTES, value);
        }
        List<Long> extents = LongStream.of(shape).boxed().toList();
        return new NamedTensor(name, TensorInfo.Type.F32, extents, data);
    }

    @Test
    void train_exitsWith3AndNamesTheSetting_whenTheSnapshotIsOfAnotherNetwork() {
        Invocation run = child("wider", parent.latest(), "-Dencoder.width=4");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
        assertThat(run.err())
                .startsWith("millrace: " + directory)
                .contains("does not fit the settings: the encoder: expected basic blocks 1,1 of")
                .contains("encoder.width: 8")
                .hasLineCount(1);
        assertThat(directory.resolve("wider")).doesNotExist();
    }

    @Test
    void train_exitsWith5_whenTheFileIsDamaged() throws IOException {
        Path whole = parent.latest().resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(whole);
        bytes[bytes.length / 2] ^= 1;
        Path copy = Files.createDirectories(directory.resolve("copy"));
        Files.write(copy.resolve("model.safetensors"), bytes);
        Files.copy(parent.latest().resolve("manifest.json"), copy.resolve("manifest.json"));
        Path cut = Files.write(directory.resolve("cut.safetensors"), new byte[100]);

        for (Path damaged : List.of(copy, cut)) {
            Invocation run = child("damaged", damaged);

            assertThat(run.exitCode()).as(run.err()).isEqualTo(5);
            assertThat(run.err()).startsWith("millrace: ").contains(damaged.toString());
            assertThat(run.err()).hasLineCount(1);
        }
        assertThat(directory.resolve("damaged")).doesNotExist();
    }

    @Test
    void train_exitsWith2_whenThereIsNoSuchFile() {
        Path missing = directory.resolve("missing.safetensors");

        Invocation run = child("missing", missing);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains("--init-from " + missing, "expected a safetensors file");
    }

    @Test
    void export_writesWhatEachProgramWants() throws IOException {
        Path weights = parent.latest().resolve("model.safetensors");
        Path torchvision = directory.resolve("torchvision.safetensors");
        Path timm = directory.resolve("timm");
        Path detectron2 = directory.resolve("detectron2.safetensors");

        assertThat(export("torchvision", torchvision).exitCode()).isZero();
        assertThat(export("timm", timm).exitCode()).isZero();
        Invocation last = export("detectron2", detectron2);
        assertThat(last.exitCode()).as(last.err()).isZero();

        assertThat(torchvision).hasSameBinaryContentAs(weights);
        assertThat(timm.resolve("model.safetensors")).hasSameBinaryContentAs(weights);
        JsonNode config = new ObjectMapper().readTree(timm.resolve("config.json").toFile());
        assertThat(config.path("architecture").asText()).isEqualTo("millrace_resnet");
        assertThat(last.out()).contains("model/python/detectron2_pickle.py", "note: detectron2's");
        assertThat(Safetensors.decode(Files.readAllBytes(detectron2)).tensors())
                .extracting(NamedTensor::name)
                .contains("stem.conv1.norm.weight", "res3.0.shortcut.norm.running_mean")
                .hasSize(Safetensors.decode(Files.readAllBytes(weights)).tensors().size());
    }

    @Test
    void export_overwritesNothing() throws IOException {
        Path letter = Files.writeString(directory.resolve("letter"), "Dear");

        Invocation failed = export("detectron2", letter);

        assertThat(failed.exitCode()).isEqualTo(2);
        assertThat(failed.err()).contains(letter + " is there already").hasLineCount(1);
        assertThat(letter).hasContent("Dear");
    }

    private Invocation export(String format, Path out) {
        List<String> words = new ArrayList<>(List.of("snapshots", "export", "--format", format));
        words.addAll(List.of("--snapshot", parent.latest().toString(), "--out", out.toString()));
        return Invocation.of(words);
    }

    /** All but batch norm's statistics and counters, by name. */
    private static Map<String, ByteBuffer> parameters(Path snapshot) throws IOException {
        Map<String, ByteBuffer> parameters = new TreeMap<>();
        byte[] file = Files.readAllBytes(snapshot.resolve("model.safetensors"));
        for (NamedTensor tensor : Safetensors.decode(file).tensors()) {
            if (tensor.name().endsWith("weight") || tensor.name().endsWith("bias")) {
                parameters.put(tensor.name(), tensor.data());
            }
        }
        return parameters;
    }
}
