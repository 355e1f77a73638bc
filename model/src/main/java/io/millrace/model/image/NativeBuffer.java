package io.millrace.model.image;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Native memory that is used again and again. What one large image needed is given back at the next
 * small one, so that a process's size follows its everyday images.
 */
final class NativeBuffer implements AutoCloseable {

    private static final long KEPT = 1 << 20;

    private @Nullable Memory memory;

    /** At least so many bytes, of undefined content; invalidates what was returned before. */
    Memory ofSize(long bytes) {
        Memory present = memory;
        if (present != null
                && (present.size() >= bytes && present.size() <= Math.max(bytes, KEPT))) {
            return present;
        }
        close();
        Memory created = new Memory(Math.max(bytes, 1));
        memory = created;
        return created;
    }

    /** The address of some memory, as native code takes it. */
    static long address(Memory memory) {
        return Pointer.nativeValue(memory);
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
