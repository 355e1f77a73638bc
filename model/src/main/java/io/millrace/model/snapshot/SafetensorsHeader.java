package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A parsed header, every claim of it checked against the file before use.
 *
 * @param tensors in the order of their data
 * @param metadata in the file's order
 */
record SafetensorsHeader(List<Placed> tensors, Map<String, String> metadata) {

    /** The reference reader's limit, bytes. */
    private static final long MAX_LENGTH = 100_000_000;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /**
     * A tensor's place.
     *
     * @param start of its bytes, counted from the end of the header
     */
    record Placed(TensorInfo info, long start) {
        long end() {
            return start + info.bytes();
        }
    }

    SafetensorsHeader {
        tensors = List.copyOf(tensors);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /**
     * Checks the first field of a file.
     *
     * @param length what the first 8 bytes say
     * @param fileSize the whole file's, bytes
     */
    static int requireLength(long length, long fileSize) {
        long available = fileSize - Long.BYTES;
        if (length < 0 || length > MAX_LENGTH || length > available) {
            throw new MalformedSafetensorsException(
                    "header of %s bytes, where at most %d are possible"
                            .formatted(
                                    Long.toUnsignedString(length),
                                    Math.min(MAX_LENGTH, available)));
        }
        return Math.toIntExact(length);
    }

    /** There must be a length before it can be checked. */
    static void requireFirstField(long fileSize) {
        if (fileSize < Long.BYTES) {
            throw new MalformedSafetensorsException(
                    "expected 8 bytes of header length, got " + fileSize);
        }
    }

    /**
     * Parses a header.
     *
     * @param json the header's bytes
     * @param dataBytes size of the file after the header
     */
    static SafetensorsHeader parse(ByteBuffer json, long dataBytes) {
        List<Placed> tensors = new ArrayList<>();
        Map<String, String> metadata = Map.of();
        for (Map.Entry<String, JsonNode> field : tree(json).properties()) {
            if (field.getKey().equals(Safetensors.METADATA)) {
                metadata = metadata(field.getValue());
            } else {
                tensors.add(tensor(field.getKey(), field.getValue()));
            }
        }
        tensors.sort(Comparator.comparingLong(Placed::start).thenComparingLong(Placed::end));
        requireWhole(tensors, dataBytes);
        return new SafetensorsHeader(tensors, metadata);
    }

    private static JsonNode tree(ByteBuffer json) {
        if (!json.hasRemaining() || json.get(json.position()) != '{') {
            throw new MalformedSafetensorsException("the header does not start with {");
        }
        try {
            return JSON.readTree(UTF_8.newDecoder().decode(json).toString());
        } catch (CharacterCodingException e) {
            throw new MalformedSafetensorsException("the header is not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw new MalformedSafetensorsException(
                    "the header is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void requireWhole(List<Placed> tensors, long dataBytes) {
        long expected = 0;
        for (Placed tensor : tensors) {
            if (tensor.start() != expected) {
                throw new MalformedSafetensorsException(
                        "%s starts at byte %d of the data, expected %d: tensors may not overlap or leave holes"
                                .formatted(tensor.info().name(), tensor.start(), expected));
            }
            expected = tensor.end();
        }
        if (expected != dataBytes) {
            throw new MalformedSafetensorsException(
                    "expected " + expected + " bytes of data, got " + dataBytes);
        }
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

    private static Placed tensor(String name, JsonNode node) {
        requireObject(name, node);
        TensorInfo.Type type = type(name, node.path("dtype"));
        List<Long> shape = numbers(name, "shape", node.path("shape"));
        List<Long> offsets = numbers(name, "data_offsets", node.path("data_offsets"));
        if (node.size() != 3 || offsets.size() != 2 || offsets.get(1) < offsets.get(0)) {
            throw new MalformedSafetensorsException(
                    name + ": expected dtype, shape and data_offsets [start, end], got " + node);
        }
        TensorInfo info = info(name, type, shape);
        long bytes = offsets.get(1) - offsets.get(0);
        if (info.bytes() != bytes) {
            throw new MalformedSafetensorsException(
                    "%s: shape %s of %s is not %d bytes".formatted(name, shape, type, bytes));
        }
        return new Placed(info, offsets.get(0));
    }

    private static TensorInfo info(String name, TensorInfo.Type type, List<Long> shape) {
        try {
            return new TensorInfo(name, type, shape);
        } catch (ArithmeticException e) {
            throw new MalformedSafetensorsException(name + ": shape " + shape + " overflows", e);
        }
    }

    private static TensorInfo.Type type(String name, JsonNode node) {
        for (TensorInfo.Type type : TensorInfo.Type.values()) {
            if (type.name().equals(node.textValue())) {
                return type;
            }
        }
        throw new MalformedSafetensorsException(
                name
                        + ": expected a dtype of "
                        + Arrays.toString(TensorInfo.Type.values())
                        + ", got "
                        + node);
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
