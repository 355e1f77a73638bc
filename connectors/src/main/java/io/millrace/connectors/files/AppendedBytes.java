package io.millrace.connectors.files;

import static java.util.Objects.requireNonNull;

/**
 * The lines of one checkpoint and where in the file they belong.
 *
 * @param offset of the first byte
 */
record AppendedBytes(long offset, byte[] bytes) {

    AppendedBytes {
        requireNonNull(bytes, "bytes");
        if (offset < 0) {
            throw new IllegalArgumentException("file offset " + offset);
        }
    }
}
