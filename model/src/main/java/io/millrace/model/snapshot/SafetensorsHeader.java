package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A parsed header over its data, every claim of the header checked before use. */
final class SafetensorsHeader {

    /** The reference reader's limit, bytes. */
    private static final long MAX_LENGTH = 100_000_000;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private record Entry(
            String name, NamedTensor.Type type, List<Long> shape, long start, long end) {}

    private final JsonNode json;
    private final ByteBuffer data;

    private SafetensorsHeader(JsonNode json, ByteBuffer data) {
        this.json = json;
        this.data = data;
    }

    static SafetensorsHeader read(ByteBuffer file) {
        if (file.remaining() < Long.BYTES) {
            throw new MalformedSafetensorsException(
                    "expected 8 bytes of header length, got " + file.remaining());
        }
        long length = file.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong();
        long available = (long) file.remaining() - Long.BYTES;
        if (length < 0 || length > MAX_LENGTH || length > available) {
            throw new MalformedSafetensorsException(
                    "header of "
                            + Long.toUnsignedString(length)
                            + " bytes, where at most "
                            + Math.min(MAX_LENGTH, available)
                            + " are possible");
        }
        int headerLength = Math.toIntExact(length);
        ByteBuffer header = file.slice(file.position() + Long.BYTES, headerLength);
        int start = file.position() + Long.BYTES + headerLength;
        return new SafetensorsHeader(parse(header), file.slice(start, file.limit() - start));
    }

    private static JsonNode parse(ByteBuffer header) {
        if (!header.hasRemaining() || header.get(0) != '{') {
            throw new MalformedSafetensorsException("the header does not start with {");
        }
        try {
            return JSON.readTree(UTF_8.newDecoder().decode(header).toString());
        } catch (CharacterCodingException e) {
            throw new MalformedSafetensorsException("the header is not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw new MalformedSafetensorsException(
                    "the header is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    Safetensors.Contents contents() {
        List<Entry> entries = new ArrayList<>();
        Map<String, String> metadata = Map.of();
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (field.getKey().equals(Safetensors.METADATA)) {
                metadata = metadata(field.getValue());
            } else {
                entries.add(entry(field.getKey(), field.getValue()));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::end));
        return new Safetensors.Contents(tensors(entries), metadata);
    }

    private List<NamedTensor> tensors(List<Entry> entries) {
        List<NamedTensor> tensors = new ArrayList<>();
        long expected = 0;
        for (Entry entry : entries) {
            if (entry.start() != expected) {
                throw new MalformedSafetensorsException(
                        entry.name()
                                + " starts at byte "
                                + entry.start()
                                + " of the data, expected "
                                + expected
                                + ": tensors may not overlap or leave holes");
            }
            expected = entry.end();
            if (expected > data.limit()) {
                break;
            }
            ByteBuffer slice =
                    data.slice((int) entry.start(), (int) (expected - entry.start()))
                            .order(ByteOrder.LITTLE_ENDIAN);
            tensors.add(new NamedTensor(entry.name(), entry.type(), entry.shape(), slice));
        }
        if (expected != data.limit()) {
            throw new MalformedSafetensorsException(
                    "expected " + expected + " bytes of data, got " + data.limit());
        }
        return tensors;
    }

    private static Map<String, String> metadata(JsonNode node) {
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : requireObject("__metadata__", node).properties()) {
            if (!field.getValue().isTextual()) {
                throw new MalformedSafetensorsException(
                        "__metadata__ maps " + field.getKey() + " to something not a string");
            }
            metadata.put(field.getKey(), field.getValue().textValue());
        }
        return metadata;
    }

    private static Entry entry(String name, JsonNode node) {
        requireObject(name, node);
        NamedTensor.Type type = type(name, node.path("dtype"));
        List<Long> shape = numbers(name, "shape", node.path("shape"));
        List<Long> offsets = numbers(name, "data_offsets", node.path("data_offsets"));
        if (node.size() != 3 || offsets.size() != 2 || offsets.get(1) < offsets.get(0)) {
            throw new MalformedSafetensorsException(
                    name + ": expected dtype, shape and data_offsets [start, end], got " + node);
        }
        long start = offsets.get(0);
        long end = offsets.get(1);
        if (bytes(name, type, shape) != end - start) {
            throw new MalformedSafetensorsException(
                    name
                            + ": shape "
                            + shape
                            + " of "
                            + type
                            + " is not "
                            + (end - start)
                            + " bytes");
        }
        return new Entry(name, type, shape, start, end);
    }

    private static long bytes(String name, NamedTensor.Type type, List<Long> shape) {
        try {
            return shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
        } catch (ArithmeticException e) {
            throw new MalformedSafetensorsException(name + ": shape " + shape + " overflows", e);
        }
    }

    private static NamedTensor.Type type(String name, JsonNode node) {
        for (NamedTensor.Type type : NamedTensor.Type.values()) {
            if (type.name().equals(node.textValue())) {
                return type;
            }
        }
        throw new MalformedSafetensorsException(
                name + ": expected dtype F32 or I64, the types of encoders, got " + node);
    }

    private static List<Long> numbers(String name, String field, JsonNode node) {
        List<Long> numbers = new ArrayList<>();
        boolean valid = node.isArray();
        for (JsonNode number : node) {
            valid &= number.isIntegralNumber() && number.canConvertToLong();
            numbers.add(number.longValue());
        }
        if (!valid || numbers.stream().anyMatch(n -> n < 0)) {
            throw new MalformedSafetensorsException(
                    name + ": expected " + field + " of whole numbers below 2^63, got " + node);
        }
        return numbers;
    }

    private static JsonNode requireObject(String name, JsonNode node) {
        if (!node.isObject()) {
            throw new MalformedSafetensorsException(name + ": expected an object, got " + node);
        }
        return node;
    }
}
