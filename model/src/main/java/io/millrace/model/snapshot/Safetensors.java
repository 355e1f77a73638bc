package io.millrace.model.snapshot;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The safetensors format, whole files in memory: the header's length (u64, little-endian), a JSON
 * header, the data. {@link SafetensorsFile} and {@link SafetensorsWriter} work a tensor at a time.
 */
public final class Safetensors {

    static final String METADATA = "__metadata__";

    /**
     * What a file holds.
     *
     * @param tensors in the order of their data
     * @param metadata in the file's order; empty if it has none
     */
    public record Contents(List<NamedTensor> tensors, Map<String, String> metadata) {

        public Contents {
            tensors = List.copyOf(tensors);
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }
    }

    private Safetensors() {}

    /**
     * Returns the whole file, as {@link SafetensorsWriter} would write it.
     *
     * @param tensors in any order; names must differ
     * @param metadata written in its iteration order, left out if empty; {@code format=pt} is usual
     */
    public static byte[] encode(List<NamedTensor> tensors, Map<String, String> metadata) {
        var writer = new SafetensorsWriter(infos(tensors), metadata);
        ByteBuffer file = ByteBuffer.allocate(Math.toIntExact(writer.fileSize()));
        try (WritableByteChannel memory = into(file)) {
            write(writer, tensors, memory);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return file.array();
    }

    /** Writes the whole file, of any length, to a channel. */
    public static void write(
            WritableByteChannel out, List<NamedTensor> tensors, Map<String, String> metadata)
            throws IOException {
        write(new SafetensorsWriter(infos(tensors), metadata), tensors, out);
    }

    private static List<TensorInfo> infos(List<NamedTensor> tensors) {
        return tensors.stream().map(NamedTensor::info).toList();
    }

    private static void write(
            SafetensorsWriter writer, List<NamedTensor> tensors, WritableByteChannel out)
            throws IOException {
        Map<String, ByteBuffer> data = new HashMap<>();
        tensors.forEach(tensor -> data.put(tensor.name(), tensor.data()));
        writer.write(
                out,
                (tensor, channel) -> {
                    ByteBuffer bytes = requireNonNull(data.get(tensor.name())).duplicate();
                    while (bytes.hasRemaining()) {
                        channel.write(bytes);
                    }
                });
    }

    private static WritableByteChannel into(ByteBuffer memory) {
        return new WritableByteChannel() {
            @Override
            public int write(ByteBuffer bytes) {
                int count = bytes.remaining();
                memory.put(bytes);
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    /**
     * Reads a file from anywhere; nothing is allocated on the header's word.
     *
     * @throws MalformedSafetensorsException for a header that is not JSON, too long or with a key
     *     twice, and for tensors that overlap, leave holes, or do not have the size of their shape
     */
    public static Contents decode(byte[] file) {
        SafetensorsHeader.requireFirstField(file.length);
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int length = SafetensorsHeader.requireLength(bytes.getLong(), file.length);
        int start = Long.BYTES + length;
        ByteBuffer data = bytes.slice(start, file.length - start);
        SafetensorsHeader header =
                SafetensorsHeader.parse(bytes.slice(Long.BYTES, length), data.remaining());
        List<NamedTensor> tensors =
                header.tensors().stream()
                        .map(tensor -> new NamedTensor(tensor.info(), part(data, tensor)))
                        .toList();
        return new Contents(tensors, header.metadata());
    }

    private static ByteBuffer part(ByteBuffer data, SafetensorsHeader.Placed tensor) {
        int from = Math.toIntExact(tensor.start());
        int bytes = Math.toIntExact(tensor.info().bytes());
        return data.slice(from, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
