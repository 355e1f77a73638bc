package io.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference writer's files, byte for byte. */
class SafetensorsReferenceTest {

    private static final Map<String, String> METADATA = Map.of("format", "pt");

    @TempDir private Path directory;

    @Test
    void encode_writesTheReferencesFile_whenTensorsComeInAnyOrder() throws Exception {
        List<NamedTensor> tensors = tensors();
        Collections.shuffle(tensors, new Random(3));

        assertThat(Safetensors.encode(tensors, METADATA)).isEqualTo(reference());
    }

    @Test
    void write_streamsTheSameBytes() throws Exception {
        Path file = directory.resolve("streamed.safetensors");
        try (var out =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            Safetensors.write(out, tensors(), METADATA);
        }

        assertThat(Files.readAllBytes(file)).isEqualTo(reference());
    }

    @Test
    void encode_writesWhatPythonWrites_whenSafetensorsIsInstalled() throws Exception {
        Path file = directory.resolve("python.safetensors");
        Python.run("torch,safetensors", "reference_safetensors.py", file);

        assertThat(Safetensors.encode(tensors(), METADATA)).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void write_isReadByPython_whenSafetensorsIsInstalled() throws Exception {
        Path file = directory.resolve("ours.safetensors");
        Files.write(
                file,
                Safetensors.encode(
                        List.of(
                                tensor("b.weight", TensorInfo.Type.F32, List.of(2L, 3L), 1),
                                tensor("b.num_batches_tracked", TensorInfo.Type.I64, List.of(), 0)),
                        METADATA));

        assertThat(Python.run("safetensors,numpy", "print_safetensors.py", file))
                .isEqualTo(
                        "{'format': 'pt'}\n"
                                + "b.num_batches_tracked () int64 [0, 1, 2, 3, 4, 5, 6, 7]\n"
                                + "b.weight (2, 3) float32 "
                                + IntStream.rangeClosed(1, 24).boxed().toList());
    }

    @Test
    void decodeAndOpen_findTheReferencesTensors() throws Exception {
        Path file = directory.resolve("reference.safetensors");
        Files.write(file, reference());
        List<NamedTensor> expected = tensors();

        Safetensors.Contents decoded = Safetensors.decode(reference());
        assertThat(decoded.metadata()).isEqualTo(METADATA);
        assertThat(decoded.tensors()).containsExactlyInAnyOrderElementsOf(expected);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.metadata()).isEqualTo(METADATA);
            assertThat(opened.tensors())
                    .containsExactlyElementsOf(
                            decoded.tensors().stream().map(NamedTensor::info).toList());
            for (NamedTensor tensor : expected) {
                assertThat(opened.read(tensor.name())).isEqualTo(tensor);
            }
        }
    }

    /** The tensors of reference_safetensors.py. */
    private static List<NamedTensor> tensors() {
        List<NamedTensor> tensors = new ArrayList<>();
        for (TensorInfo.Type type : TensorInfo.Type.values()) {
            tensors.add(tensor("every." + type, type, List.of(2L, 3L), tensors.size()));
        }
        tensors.add(tensor("num_batches_tracked", TensorInfo.Type.I64, List.of(), 7));
        tensors.add(tensor("\u00e9\"x\\", TensorInfo.Type.F32, List.of(0L, 3L), 0));
        tensors.add(tensor("\ud83d\ude00", TensorInfo.Type.F32, List.of(1L), 1));
        tensors.add(tensor("\ufb01", TensorInfo.Type.F32, List.of(1L), 2));
        tensors.add(tensor("tab\t", TensorInfo.Type.F32, List.of(1L), 3));
        return tensors;
    }

    /** Bytes that count from {@code first} on. */
    private static NamedTensor tensor(
            String name, TensorInfo.Type type, List<Long> shape, int first) {
        var info = new TensorInfo(name, type, shape);
        ByteBuffer data =
                ByteBuffer.allocate(Math.toIntExact(info.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < data.capacity(); i++) {
            data.put(i, (byte) ((first + i) % 251));
        }
        return new NamedTensor(info, data);
    }

    private static byte[] reference() throws IOException {
        try (InputStream in =
                SafetensorsReferenceTest.class.getResourceAsStream("reference.safetensors")) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }
}
