package io.millrace.model.snapshot;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A tensor in memory.
 *
 * @param data little-endian, row-major, from position to limit; never changed
 */
public record NamedTensor(TensorInfo info, ByteBuffer data) {

    public NamedTensor {
        requireNonNull(info, "info");
        if (info.bytes() != data.remaining()) {
            throw new IllegalArgumentException(
                    "%s: expected %d bytes, got %d"
                            .formatted(info, info.bytes(), data.remaining()));
        }
    }

    public NamedTensor(String name, TensorInfo.Type type, List<Long> shape, ByteBuffer data) {
        this(new TensorInfo(name, type, shape), data);
    }

    public String name() {
        return info.name();
    }

    public TensorInfo.Type type() {
        return info.type();
    }

    public List<Long> shape() {
        return info.shape();
    }

    /** The first value that is not a finite number; none in tensors of whole numbers. */
    public Optional<Float> notFinite() {
        if (type() == TensorInfo.Type.F32) {
            FloatBuffer values = data.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            while (values.hasRemaining()) {
                float value = values.get();
                if (!Float.isFinite(value)) {
                    return Optional.of(value);
                }
            }
        }
        return Optional.empty();
    }
}
