package io.millrace.model.snapshot;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One tensor of a file.
 *
 * @param name for example {@code layer1.0.conv1.weight}
 * @param shape empty for a scalar
 * @param data little-endian, row-major, from position to limit; never changed
 */
public record NamedTensor(String name, Type type, List<Long> shape, ByteBuffer data) {

    /** The element types that encoders use, by safetensors' names. */
    public enum Type {
        F32(4),
        I64(8);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        /** Size of an element. */
        public int bytes() {
            return bytes;
        }
    }

    public NamedTensor {
        requireNonNull(name, "name");
        requireNonNull(type, "type");
        shape = List.copyOf(shape);
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        if (elements * type.bytes() != data.remaining()) {
            throw new IllegalArgumentException(
                    name
                            + ": expected "
                            + elements
                            + " elements of "
                            + type
                            + " for shape "
                            + shape
                            + ", got "
                            + data.remaining()
                            + " bytes");
        }
    }
}
