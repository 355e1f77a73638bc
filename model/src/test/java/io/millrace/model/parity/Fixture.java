package io.millrace.model.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Block;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.SafetensorsFile;
import io.millrace.model.snapshot.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** One safetensors file of the reference implementations' outputs, and what its metadata says. */
public final class Fixture {

    private static final Pattern INPUT =
            Pattern.compile("images\\(t=(\\d+), N=(\\d+), side=(\\d+)\\)");
    private static final Pattern SHUFFLE = Pattern.compile(".*row \\((\\d+)i\\+(\\d+)\\) mod N");

    private final Path file;
    private final Map<String, String> metadata;
    private final Map<String, NamedTensor> tensors;

    private Fixture(Path file, Map<String, String> metadata, Map<String, NamedTensor> tensors) {
        this.file = file;
        this.metadata = metadata;
        this.tensors = tensors;
    }

    public static Fixture read(Path path) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Map<String, NamedTensor> tensors = new HashMap<>();
            for (TensorInfo info : file.tensors()) {
                tensors.put(info.name(), file.read(info.name()));
            }
            return new Fixture(path, file.metadata(), tensors);
        }
    }

    /** A value of the metadata. */
    public String text(String key) {
        return value(key).orElseThrow(() -> wrong(key, "a value", "none"));
    }

    private Optional<String> value(String key) {
        return Optional.ofNullable(metadata.get(key));
    }

    public int integer(String key) {
        return Integer.parseInt(text(key));
    }

    public double number(String key) {
        return Double.parseDouble(text(key));
    }

    /** Python's {@code True} or {@code False}. */
    public boolean flag(String key) {
        return switch (text(key)) {
            case "True" -> true;
            case "False" -> false;
            default -> throw wrong(key, "True or False", text(key));
        };
    }

    /** The weights' numbers. */
    public Formula formula() {
        return new Formula(integer("base"));
    }

    /** torchvision's network of that name, with the stem that the metadata names. */
    public Architecture architecture() {
        Stem stem = Stem.valueOf(value("stem").orElse("imagenet").toUpperCase(Locale.ROOT));
        return switch (text("arch")) {
            case "resnet18" -> Architecture.resnet18(stem);
            case "resnet34" -> Architecture.resnet34(stem);
            case "resnet50" -> Architecture.resnet50(stem);
            case "resnet101" -> new Architecture(Block.BOTTLENECK, stem, 64, List.of(3, 4, 23, 3));
            case "resnet152" -> new Architecture(Block.BOTTLENECK, stem, 64, List.of(3, 8, 36, 3));
            default -> throw wrong("arch", "one of torchvision's ResNets", text("arch"));
        };
    }

    /** Batch norm's splits, S. */
    public int splits() {
        return value("bn_splits").map(Integer::valueOf).orElse(1);
    }

    /** Row i of a shuffled key batch of n rows is this row; none where keys keep their order. */
    public Optional<int[]> shuffle(int n) {
        return value("shuffle").map(rule -> permutation(match("shuffle", SHUFFLE, rule), n));
    }

    private int[] permutation(Matcher rule, int n) {
        int factor = Integer.parseInt(rule.group(1));
        int start = Integer.parseInt(rule.group(2));
        int[] rows = IntStream.range(0, n).map(i -> (factor * i + start) % n).toArray();
        assertThat(rows).as("%s: %s, N = %d", file, rule.group(), n).doesNotHaveDuplicates();
        return rows;
    }

    /**
     * An encoder's input.
     *
     * @param images (n, 3, side, side), row-major, in [-1, 1)
     */
    public record Input(float[] images, int n, int side) {}

    /** The input of an encoder's fixture. */
    public Input input() {
        Matcher numbers = match("input", INPUT, text("input"));
        int n = Integer.parseInt(numbers.group(2));
        int side = Integer.parseInt(numbers.group(3));
        long t = Long.parseLong(numbers.group(1));
        return new Input(new Formula(0).images(t, n, side), n, side);
    }

    private Matcher match(String key, Pattern pattern, String value) {
        Matcher matcher = pattern.matcher(value);
        if (!matcher.matches()) {
            throw wrong(key, pattern.pattern(), value);
        }
        return matcher;
    }

    /** Whether there is such a tensor. */
    public boolean has(String tensor) {
        return tensors.containsKey(tensor);
    }

    /** A float32 tensor, row-major. */
    public float[] floats(String name) {
        ByteBuffer data = data(name, TensorInfo.Type.F32);
        float[] values = new float[data.remaining() / Float.BYTES];
        data.asFloatBuffer().get(values);
        return values;
    }

    /** The only number of an int64 tensor. */
    public long integerOf(String name) {
        return data(name, TensorInfo.Type.I64).getLong(0);
    }

    private ByteBuffer data(String name, TensorInfo.Type type) {
        NamedTensor tensor = tensors.get(name);
        if (tensor == null || tensor.info().type() != type) {
            throw wrong("tensor " + name, type.toString(), tensor + "");
        }
        return tensor.data();
    }

    private IllegalArgumentException wrong(String key, String expected, String got) {
        return new IllegalArgumentException(
                "%s: expected %s to be %s, got %s".formatted(file, key, expected, got));
    }

    @Override
    public String toString() {
        return file.getFileName().toString();
    }
}
