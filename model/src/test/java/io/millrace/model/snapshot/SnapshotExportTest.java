package io.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.snapshot.SnapshotExport.Format;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.Progress;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotExportTest {

    @TempDir private Path root;
    private Path snapshot;
    private Path weights;

    /** A bottleneck network, which has every kind of name. */
    @BeforeEach
    void publish() throws Exception {
        var architecture =
                new Architecture(
                        Architecture.Block.BOTTLENECK, Stem.IMAGENET, 4, List.of(2, 1, 1, 1));
        var snapshots = new SnapshotDirectory(root.resolve("run"));
        var description =
                new SnapshotDescription(
                        architecture, Normalization.IMAGENET, 64, Map.of(), Map.of());
        var encoder =
                new EncoderSnapshot(
                        new Progress("default", 1, 1, 0, List.of()),
                        Safetensors.encode(tensors(architecture), Map.of("format", "pt")),
                        new byte[0],
                        true);
        StagedSnapshot staged = snapshots.stage(encoder, description, Instant.EPOCH);
        snapshots.publish(staged);
        snapshot = Path.of(staged.published());
        weights = snapshot.resolve("model.safetensors");
    }

    private static List<NamedTensor> tensors(Architecture architecture) {
        var random = new Random(1);
        List<NamedTensor> tensors = new ArrayList<>();
        for (Entry entry : Layout.of(architecture, new Head(Head.Kind.LINEAR, 1)).entries()) {
            if (!entry.isHead()) {
                boolean counter = entry.kind() == Entry.Kind.BATCHES;
                var type = counter ? TensorInfo.Type.I64 : TensorInfo.Type.F32;
                var info = new TensorInfo(entry.name(), type, entry.shape());
                byte[] bytes = new byte[Math.toIntExact(info.bytes())];
                random.nextBytes(bytes);
                tensors.add(new NamedTensor(info, ByteBuffer.wrap(bytes)));
            }
        }
        return tensors;
    }

    // The left column is torchvision's, the right one what the authors' converter makes of it.
    @ParameterizedTest
    @CsvSource({
        "conv1.weight, stem.conv1.weight",
        "bn1.running_mean, stem.conv1.norm.running_mean",
        "bn1.num_batches_tracked, stem.conv1.norm.num_batches_tracked",
        "layer1.0.conv1.weight, res2.0.conv1.weight",
        "layer1.11.bn2.bias, res2.11.conv2.norm.bias",
        "layer3.5.bn3.running_var, res4.5.conv3.norm.running_var",
        "layer4.0.downsample.0.weight, res5.0.shortcut.weight",
        "layer2.0.downsample.1.weight, res3.0.shortcut.norm.weight",
    })
    void of_isDetectron2sName(String torchvision, String detectron2) {
        assertThat(Detectron2Names.of(torchvision)).isEqualTo(detectron2);
    }

    @Test
    void write_renamesEveryTensor_whenItIsForDetectron2() throws Exception {
        Path out = root.resolve("new/folder/encoder.safetensors");
        SnapshotExport.write(snapshot, Format.DETECTRON2, out);

        Map<String, NamedTensor> renamed =
                Safetensors.decode(Files.readAllBytes(out)).tensors().stream()
                        .collect(Collectors.toMap(NamedTensor::name, Function.identity()));
        List<NamedTensor> own = Safetensors.decode(Files.readAllBytes(weights)).tensors();
        assertThat(renamed).hasSameSizeAs(own);
        for (NamedTensor tensor : own) {
            assertThat(renamed)
                    .hasEntrySatisfying(
                            Detectron2Names.of(tensor.name()),
                            other -> {
                                assertThat(other.data()).isEqualTo(tensor.data());
                                assertThat(other.shape()).isEqualTo(tensor.shape());
                            });
        }
        assertThat(root.resolve("new/folder")).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void pickle_isTheAuthors_whenPythonMakesItFromTheExport() throws Exception {
        Path out = root.resolve("encoder.safetensors");
        Path pickle = root.resolve("encoder.pkl");
        SnapshotExport.write(snapshot, Format.DETECTRON2, out);

        int tensors = Safetensors.decode(Files.readAllBytes(weights)).tensors().size();
        assertThat(Python.runForUsers("safetensors,numpy", "detectron2_pickle.py", out, pickle))
                .endsWith(": " + tensors + " arrays");
        assertThat(Python.run("safetensors,numpy", "compare_detectron2.py", weights, pickle))
                .isEqualTo("" + tensors);
    }

    @Test
    void write_copiesTheFile_whenItIsForTorchvision() throws Exception {
        Path out = root.resolve("encoder.safetensors");
        SnapshotExport.write(snapshot, Format.TORCHVISION, out);

        assertThat(out).hasSameBinaryContentAs(weights);
    }

    @Test
    void write_makesALocalDirectory_whenItIsForTimm() throws Exception {
        Path out = root.resolve("timm");
        SnapshotExport.write(snapshot, Format.TIMM, out);

        for (String name :
                List.of("model.safetensors", "config.json", "manifest.json", "encoder.py")) {
            assertThat(out.resolve(name)).hasSameBinaryContentAs(snapshot.resolve(name));
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void write_overwritesNothing(Format format) throws Exception {
        Path out = Files.writeString(root.resolve("letter"), "Dear");

        assertThatThrownBy(() -> SnapshotExport.write(snapshot, format, out))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(out.toString());
        assertThat(out).hasContent("Dear");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void write_refuses_whenTheWeightsAreNotTheManifests(Format format) throws Exception {
        byte[] damaged = Files.readAllBytes(weights);
        damaged[damaged.length - 1] ^= 1;
        Files.write(weights, damaged);
        Path out = root.resolve("out");

        assertThatThrownBy(() -> SnapshotExport.write(snapshot, format, out))
                .isInstanceOf(MalformedSnapshotException.class)
                .hasMessageContaining(weights.toString())
                .hasMessageContaining("SHA-256");
        assertThat(out).doesNotExist();
    }
}
