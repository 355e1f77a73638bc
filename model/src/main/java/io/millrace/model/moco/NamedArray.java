package io.millrace.model.moco;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;

/**
 * A part of the training state as host data.
 *
 * @param name for example {@code query.parameters}
 * @param data direct, native byte order, from position to limit
 */
public record NamedArray(String name, ByteBuffer data) {

    public NamedArray {
        requireNonNull(name, "name");
        requireNonNull(data, "data");
    }
}
