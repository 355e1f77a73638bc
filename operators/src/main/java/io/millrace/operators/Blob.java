package io.millrace.operators;

import java.nio.ByteBuffer;

/**
 * Bytes outside the Java heap that state holds, immutable: whoever made the buffer must not write
 * into it any more, since an asynchronous part of a checkpoint may still be reading it.
 *
 * @param data direct, from position 0 to limit
 */
record Blob(ByteBuffer data) {

    Blob {
        data = data.asReadOnlyBuffer();
        data.rewind();
    }

    /** A view of its own position and limit. */
    ByteBuffer bytes() {
        return data.duplicate().order(java.nio.ByteOrder.nativeOrder());
    }
}
