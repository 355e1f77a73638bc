package io.millrace.model.snapshot;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.List;

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
}
