package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The safetensors format: the header's length (u64, little-endian), a JSON header, the data.
 *
 * <p>Files are byte for byte those of the reference writer (safetensors 0.8): tensors by type, the
 * widest first, then by name; the header padded with spaces to a multiple of 8; {@code
 * __metadata__} first, in the order of the given map, where the reference takes any.
 */
public final class Safetensors {

    static final String METADATA = "__metadata__";
    static final int ALIGNMENT = 8;

    /** Names sort by their UTF-8 bytes, unlike {@code String.compareTo} beyond the BMP. */
    private static final Comparator<NamedTensor> FILE_ORDER =
            Comparator.comparingInt((NamedTensor t) -> -t.type().bytes())
                    .thenComparing(
                            (a, b) ->
                                    Arrays.compareUnsigned(
                                            a.name().getBytes(UTF_8), b.name().getBytes(UTF_8)));

    private static final JsonFactory JSON = new JsonFactory();

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
     * Returns the whole file.
     *
     * @param tensors in any order; names must differ
     * @param metadata written in its iteration order, left out if empty; {@code format=pt} is usual
     */
    public static byte[] encode(List<NamedTensor> tensors, Map<String, String> metadata) {
        requireDistinctNames(tensors);
        List<NamedTensor> ordered = tensors.stream().sorted(FILE_ORDER).toList();
        byte[] header = header(ordered, metadata);
        int padded = (header.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        long data = ordered.stream().mapToLong(t -> t.data().remaining()).sum();

        ByteBuffer file =
                ByteBuffer.allocate(Math.toIntExact(Long.BYTES + padded + data))
                        .order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(padded).put(header);
        while (file.position() < Long.BYTES + padded) {
            file.put((byte) ' ');
        }
        ordered.forEach(tensor -> file.put(tensor.data().duplicate()));
        return file.array();
    }

    /**
     * Reads a file from anywhere; nothing is allocated on the header's word.
     *
     * @throws MalformedSafetensorsException for a header that is not JSON, too long or with a key
     *     twice, and for tensors that overlap, leave holes, or do not have the size of their shape
     */
    public static Contents decode(byte[] file) {
        return SafetensorsHeader.read(ByteBuffer.wrap(file)).contents();
    }

    private static void requireDistinctNames(List<NamedTensor> tensors) {
        Set<String> names = new HashSet<>();
        for (NamedTensor tensor : tensors) {
            if (tensor.name().equals(METADATA) || !names.add(tensor.name())) {
                throw new IllegalArgumentException(
                        "tensor name " + tensor.name() + " is reserved or used twice");
            }
        }
    }

    private static byte[] header(List<NamedTensor> ordered, Map<String, String> metadata) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.setCharacterEscapes(new SerdeEscapes());
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long start = 0;
            for (NamedTensor tensor : ordered) {
                long end = start + tensor.data().remaining();
                writeTensor(json, tensor, start, end);
                start = end;
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString().getBytes(UTF_8);
    }

    private static void writeTensor(JsonGenerator json, NamedTensor tensor, long start, long end)
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
