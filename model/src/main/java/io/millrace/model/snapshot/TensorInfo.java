package io.millrace.model.snapshot;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a file's header says of a tensor.
 *
 * @param name for example {@code layer1.0.conv1.weight}
 * @param shape empty for a scalar
 */
public record TensorInfo(String name, Type type, List<Long> shape) {

    /**
     * The element types, by safetensors' names and in the reference writer's order: files hold the
     * last first. Types of less than a byte are not among them.
     */
    public enum Type {
        BOOL(1),
        U8(1),
        I8(1),
        F8_E5M2(1),
        F8_E4M3(1),
        F8_E4M3FNUZ(1),
        F8_E5M2FNUZ(1),
        I16(2),
        U16(2),
        F16(2),
        BF16(2),
        I32(4),
        U32(4),
        F32(4),
        C64(8),
        F64(8),
        I64(8),
        U64(8);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        /** Size of an element. */
        public int bytes() {
            return bytes;
        }
    }

    /**
     * Checks that the size can be counted.
     *
     * @throws ArithmeticException if it is 2^63 bytes or more
     */
    public TensorInfo {
        requireNonNull(name, "name");
        requireNonNull(type, "type");
        shape = List.copyOf(shape);
        if (shape.stream().anyMatch(extent -> extent < 0)) {
            throw new IllegalArgumentException(name + ": negative extent in shape " + shape);
        }
        bytes(type, shape);
    }

    /** Size of the data. */
    public long bytes() {
        return bytes(type, shape);
    }

    private static long bytes(Type type, List<Long> shape) {
        return shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
    }

    @Override
    public String toString() {
        return name + " " + type + " " + shape;
    }
}
