package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {

    /** More than an int can count: 3 GiB and 12 bytes. */
    private static final TensorInfo HUGE =
            new TensorInfo("a.huge", TensorInfo.Type.F32, List.of((3L << 28) + 3));

    private static final TensorInfo SMALL =
            new TensorInfo("b.small", TensorInfo.Type.F32, List.of(2L));

    @TempDir private Path directory;

    @Test
    void read_findsTensorsBeyondTwoGibibytes() throws Exception {
        try (SafetensorsFile file = SafetensorsFile.open(sparse())) {
            ByteBuffer small = file.read("b.small").data();
            assertThat(small.getFloat(0)).isEqualTo(1.5f);
            assertThat(small.getFloat(4)).isEqualTo(-2f);

            ByteBuffer end = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            file.read("a.huge", HUGE.bytes() - 4, end);
            assertThat(end.getFloat(0)).isEqualTo(7f);
        }
    }

    @Test
    void read_saysToReadInParts_whenATensorDoesNotFitABuffer() throws Exception {
        try (SafetensorsFile file = SafetensorsFile.open(sparse())) {
            assertThatThrownBy(() -> file.read("a.huge"))
                    .hasMessageContaining("a.huge F32 [805306371] has 3221225484 bytes")
                    .hasMessageContaining("in parts");
            assertThatThrownBy(() -> file.read("b.small", 6, ByteBuffer.allocate(4)))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("8 bytes, asked for 4 from 6");
            assertThatThrownBy(() -> file.read("c"))
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessageContaining("holds no tensor c");
        }
    }

    @Test
    void write_streamsMoreThanTwoGibibytes() throws Exception {
        var writer = new SafetensorsWriter(List.of(SMALL, HUGE), Map.of());
        var counter = new Counter();
        ByteBuffer zeros = ByteBuffer.allocate(1 << 24);

        writer.write(
                counter,
                (tensor, out) -> {
                    for (long left = tensor.bytes(); left > 0; left -= zeros.limit()) {
                        out.write(zeros.clear().limit((int) Math.min(left, zeros.capacity())));
                    }
                });

        assertThat(counter.bytes)
                .isEqualTo(writer.fileSize())
                .isGreaterThan(HUGE.bytes() + SMALL.bytes());
        assertThat(counter.first.getLong(0)).isEqualTo(writer.fileSize() - 8 - HUGE.bytes() - 8);
    }

    @Test
    void copy_handsOnATensorsBytes() throws Exception {
        Path from = directory.resolve("from");
        Files.write(from, Safetensors.encode(List.of(floats("a", 1, 2), floats("b", 3)), Map.of()));
        Path to = directory.resolve("to");

        try (SafetensorsFile file = SafetensorsFile.open(from);
                FileChannel out =
                        FileChannel.open(
                                to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var renamed = new TensorInfo("z", TensorInfo.Type.F32, List.of(2L));
            new SafetensorsWriter(List.of(renamed), Map.of())
                    .write(out, (tensor, channel) -> file.copy("a", channel));
        }

        assertThat(Files.readAllBytes(to))
                .isEqualTo(Safetensors.encode(List.of(floats("z", 1, 2)), Map.of()));
    }

    @Test
    void write_refuses_whenTheDataIsNotAsLongAsDeclared() {
        var writer = new SafetensorsWriter(List.of(SMALL), Map.of());

        assertThatThrownBy(
                        () ->
                                writer.write(
                                        new Counter(),
                                        (tensor, out) -> out.write(ByteBuffer.allocate(4))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("b.small F32 [2]: expected 8 bytes of data, 4 were written");
    }

    @Test
    void open_namesTheFile_whenItsHeaderLies() throws Exception {
        byte[] whole = Safetensors.encode(List.of(floats("a", 1, 2)), Map.of());
        Path file = directory.resolve("short.safetensors");
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 4));

        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(MalformedSafetensorsException.class)
                .hasMessage(
                        file
                                + ": not a valid safetensors file: expected 8 bytes of data, got"
                                + " 4");
        Files.write(file, new byte[3]);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .hasMessageContaining("8 bytes of header length, got 3");
        Files.write(file, "PK\3\4 a pickle".getBytes(UTF_8));
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(MalformedSafetensorsException.class)
                .hasMessageContaining("are possible");
    }

    @Test
    void open_refusesALongerHeaderThanTheReference_thoughTheFileIsLongEnough() throws Exception {
        Path file = directory.resolve("long.safetensors");
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            out.write(length.putLong(0, 100_000_001));
            out.write(ByteBuffer.allocate(1), 200_000_000); // a hole, not on the disk
        }

        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(MalformedSafetensorsException.class)
                .hasMessageContaining(
                        "header of 100000001 bytes, where at most 100000000 are possible");
    }

    @Test
    void open_allocatesNothingOnTheHeadersWord() throws Exception {
        String header =
                "{\"a\":{\"dtype\":\"U64\",\"shape\":[1152921504606846975],"
                        + "\"data_offsets\":[0,9223372036854775800]}}";
        Path file = directory.resolve("liar.safetensors");
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(header.length()).put(header.getBytes(UTF_8)).array());

        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .hasMessageContaining("expected 9223372036854775800 bytes of data, got 0");
    }

    /** A file of which only the header and the last bytes are on the disk. */
    private Path sparse() throws IOException {
        Path path = directory.resolve("sparse.safetensors");
        var head = new Counter();
        var writer = new SafetensorsWriter(List.of(HUGE, SMALL), Map.of());
        assertThatThrownBy(() -> writer.write(head, (tensor, out) -> {}))
                .as("the header is written first")
                .isInstanceOf(IllegalStateException.class);
        ByteBuffer tail = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        tail.putFloat(7f).putFloat(1.5f).putFloat(-2f).flip();
        try (FileChannel out =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.write(head.first.duplicate().limit((int) head.bytes).position(0));
            out.write(tail, writer.fileSize() - tail.capacity());
        }
        assertThat(Files.size(path)).isEqualTo(writer.fileSize());
        return path;
    }

    private static NamedTensor floats(String name, float... values) {
        ByteBuffer data =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            data.putFloat(i * Float.BYTES, values[i]);
        }
        return new NamedTensor(name, TensorInfo.Type.F32, List.of((long) values.length), data);
    }

    /** Counts what is written and keeps the beginning. */
    private static final class Counter implements WritableByteChannel {

        private final ByteBuffer first = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        private long bytes;

        @Override
        public int write(ByteBuffer part) {
            int count = part.remaining();
            ByteBuffer beginning = part.duplicate();
            beginning.limit(
                    beginning.position() + Math.min(count, first.capacity() - first.position()));
            first.put(beginning);
            part.position(part.limit());
            bytes += count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
