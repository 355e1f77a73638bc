package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a safetensors file of any length, a tensor at a time: the header is made from what is to
 * come, the data is asked for when its turn has come.
 *
 * <p>Files are byte for byte those of the reference writer (safetensors 0.8): tensors by type, the
 * widest first, then by name; the header padded with spaces to a multiple of 8; {@code
 * __metadata__} first, in the order of the given map, where the reference takes any.
 */
public final class SafetensorsWriter {

    private static final int ALIGNMENT = 8;

    /** Names sort by their UTF-8 bytes, unlike {@code String.compareTo} beyond the BMP. */
    private static final Comparator<TensorInfo> FILE_ORDER =
            Comparator.comparing(TensorInfo::type, Comparator.reverseOrder())
                    .thenComparing(
                            (a, b) ->
                                    Arrays.compareUnsigned(
                                            a.name().getBytes(UTF_8), b.name().getBytes(UTF_8)));

    private static final JsonFactory JSON = new JsonFactory();

    /** Where the tensors' bytes come from. */
    @FunctionalInterface
    public interface Data {

        /** Writes exactly {@code tensor.bytes()} bytes: little-endian, row-major. */
        void write(TensorInfo tensor, WritableByteChannel out) throws IOException;
    }

    private final List<TensorInfo> ordered;
    private final byte[] header;

    /**
     * A writer of one file.
     *
     * @param tensors in any order; names must differ
     * @param metadata written in its iteration order, left out if empty; {@code format=pt} is usual
     */
    public SafetensorsWriter(List<TensorInfo> tensors, Map<String, String> metadata) {
        requireDistinctNames(tensors);
        ordered = tensors.stream().sorted(FILE_ORDER).toList();
        header = header(ordered, metadata);
    }

    /** Size of the whole file, bytes. */
    public long fileSize() {
        return ordered.stream()
                .map(TensorInfo::bytes)
                .reduce((long) Long.BYTES + header.length, Math::addExact);
    }

    /** Writes everything from the channel's position on; the channel stays open. */
    public void write(WritableByteChannel out, Data data) throws IOException {
        var counted = new CountingChannel(out);
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        counted.writeFully(start.putLong(header.length).flip());
        counted.writeFully(ByteBuffer.wrap(header));
        for (TensorInfo tensor : ordered) {
            long before = counted.count();
            data.write(tensor, counted);
            long written = counted.count() - before;
            if (written != tensor.bytes()) {
                throw new IllegalStateException(
                        "%s: expected %d bytes of data, %d were written"
                                .formatted(tensor, tensor.bytes(), written));
            }
        }
    }

    private static final class CountingChannel implements WritableByteChannel {

        private final WritableByteChannel out;
        private long count;

        CountingChannel(WritableByteChannel out) {
            this.out = out;
        }

        long count() {
            return count;
        }

        void writeFully(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                write(bytes);
            }
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int written = out.write(bytes);
            count += written;
            return written;
        }

        @Override
        public boolean isOpen() {
            return out.isOpen();
        }

        @Override
        public void close() {}
    }

    private static void requireDistinctNames(List<TensorInfo> tensors) {
        Set<String> names = new HashSet<>();
        for (TensorInfo tensor : tensors) {
            if (tensor.name().equals(Safetensors.METADATA) || !names.add(tensor.name())) {
                throw new IllegalArgumentException(
                        "tensor name " + tensor.name() + " is reserved or used twice");
            }
        }
    }

    private static byte[] header(List<TensorInfo> ordered, Map<String, String> metadata) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.setCharacterEscapes(new SerdeEscapes());
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(Safetensors.METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long start = 0;
            for (TensorInfo tensor : ordered) {
                long end = Math.addExact(start, tensor.bytes());
                writeTensor(json, tensor, start, end);
                start = end;
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        byte[] bytes = text.toString().getBytes(UTF_8);
        int padded = (bytes.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] header = Arrays.copyOf(bytes, padded);
        Arrays.fill(header, bytes.length, padded, (byte) ' ');
        return header;
    }

    private static void writeTensor(JsonGenerator json, TensorInfo tensor, long start, long end)
            throws IOException {
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", tensor.type().name());
        json.writeArrayFieldStart("shape");
        for (long extent : tensor.shape()) {
            json.writeNumber(extent);
        }
        json.writeEndArray();
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {start, end}, 0, 2);
        json.writeEndObject();
    }
}
