package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.OffsetRange;
import io.millrace.model.stream.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotCheckTest {

    private static final Architecture TINY =
            new Architecture(Architecture.Block.BASIC, Architecture.Stem.CIFAR, 4, List.of(1, 1));

    private static final String RANGE =
            """
            {"topic": "images", "ranges": [{"partition": 0, "start": 0, "end": 30}], "epochs": 1}
            """;

    @TempDir private Path root;
    private Path snapshot;

    @BeforeEach
    void publish() throws IOException {
        publish(TINY);
    }

    private void publish(Architecture claimed) throws IOException {
        var progress =
                new Progress(
                        "cam",
                        3,
                        24,
                        2,
                        List.of(new OffsetRange("images", 0, 0, 0, 25, 24, 1)),
                        List.of(new OffsetRange("images", 0, 0, 25, 28, 2, 1)),
                        List.of(),
                        "");
        var description =
                new SnapshotDescription(
                        claimed,
                        Normalization.CIFAR10,
                        8,
                        RANGE,
                        null,
                        Map.of("training.batch-size", "8"),
                        Map.of());
        byte[] head = Safetensors.encode(List.of(), Map.of());
        var directory = new SnapshotDirectory(root);
        StagedSnapshot staged =
                directory.stage(
                        new EncoderSnapshot(progress, weights(), head, true),
                        description,
                        Instant.EPOCH);
        directory.publish(staged);
        snapshot = Path.of(staged.published());
    }

    private static byte[] weights() {
        List<NamedTensor> tensors = new ArrayList<>();
        for (Layout.Entry entry : Layout.of(TINY, new Head(Head.Kind.LINEAR, 1)).entries()) {
            boolean counter = entry.kind() == Layout.Entry.Kind.BATCHES;
            var type = counter ? TensorInfo.Type.I64 : TensorInfo.Type.F32;
            int bytes = Math.toIntExact(entry.size()) * type.bytes();
            if (!entry.isHead()) {
                ByteBuffer data = ByteBuffer.allocate(bytes);
                tensors.add(new NamedTensor(entry.name(), type, entry.shape(), data));
            }
        }
        return Safetensors.encode(tensors, Map.of());
    }

    @Test
    void problems_areNone_whenTheSnapshotIsAsPublished() throws IOException {
        assertThat(SnapshotCheck.problems(snapshot)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.safetensors",
                "head.safetensors",
                "config.json",
                "encoder.py",
                "range.json"
            })
    void problems_nameTheFile_whenAByteIsFlippedOrItIsGone(String name) throws IOException {
        Path file = snapshot.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThat(SnapshotCheck.problems(snapshot))
                .singleElement()
                .asString()
                .startsWith(file + ": expected SHA-256 ");

        Files.delete(file);
        assertThat(SnapshotCheck.problems(snapshot)).containsExactly(file + " is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "'\"step\" : 3', '\"step\" : 4', expected step to be 3 by its folder's name",
        "'\"images\" : 24,', '\"images\" : 32,', expected images to be 24 by its step times",
        "'\"training.batch-size\" : \"8\"', '\"training.batch-size\" : \"4\"', expected images to"
                + " be 12",
        "'\"rejected\" : 2', '\"rejected\" : 1', expected rejected to be 2 by its sum of consumed",
        "'\"features\" : 8', '\"features\" : 9', expected features to be 8 by its architecture",
        "'\"format_version\" : 1', '\"format_version\" : 7', expected format_version 1",
        "'\"width\" : 4', '\"width\" : 0', encoder width must be 1 to 1024",
        "'{', '[', is not JSON",
    })
    void problems_nameTheField_whenTheManifestContradictsItself(
            String before, String after, String problem) throws IOException {
        Path manifest = snapshot.resolve("manifest.json");
        String text = Files.readString(manifest);
        assertThat(text).contains(before);
        Files.writeString(
                manifest, text.replaceFirst(java.util.regex.Pattern.quote(before), after));

        assertThat(SnapshotCheck.problems(snapshot))
                .isNotEmpty()
                .anySatisfy(found -> assertThat(found).startsWith("" + manifest).contains(problem));
    }

    /**
     * Whoever rewrites the range has to rewrite its hash, and then what was read contradicts it.
     */
    @ParameterizedTest
    @CsvSource({
        "'\"end\": 30', '\"end\": 27', got [25, 28) of images-0 in epoch 0",
        "'\"start\": 0', '\"start\": 1', got [0, 25) of images-0 in epoch 0",
        "images, pictures, got [0, 25) of images-0 in epoch 0",
        "'{\"topic', '[\"topic', is not JSON",
    })
    void problems_nameTheOffsets_whenTheRangeIsAnother(String before, String after, String problem)
            throws IOException {
        Path range = snapshot.resolve("range.json");
        Path manifest = snapshot.resolve("manifest.json");
        String changed = Files.readString(range).replace(before, after);
        Files.writeString(range, changed);
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replace(
                                SnapshotManifest.sha256(RANGE.getBytes(UTF_8)),
                                SnapshotManifest.sha256(changed.getBytes(UTF_8))));

        assertThat(SnapshotCheck.problems(snapshot))
                .isNotEmpty()
                .anySatisfy(found -> assertThat(found).startsWith("" + range).contains(problem));
    }

    @Test
    void problems_nameTheTensors_whenTheArchitectureIsAnother() throws IOException {
        publish(new Architecture(Architecture.Block.BASIC, Architecture.Stem.CIFAR, 8, List.of(1)));

        assertThat(SnapshotCheck.problems(snapshot))
                .singleElement()
                .asString()
                .contains("bn1.bias=[8]", "the file has", "bn1.bias=[4]");
    }
}
