package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import io.millrace.model.torch.Floats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From arrays and counters to host data and back, checked before anything is changed. */
final class TrainingState {

    private static final String COUNTERS = "counters";

    private TrainingState() {}

    /** Copies of all arrays, and the counters. */
    static List<NamedArray> save(Map<String, NDArray> arrays, long... counters) {
        List<NamedArray> state = new ArrayList<>();
        arrays.forEach((name, array) -> state.add(new NamedArray(name, Floats.read(array))));
        ByteBuffer bytes = ByteBuffer.allocateDirect(counters.length * Long.BYTES);
        bytes.order(ByteOrder.nativeOrder()).asLongBuffer().put(counters);
        state.add(new NamedArray(COUNTERS, bytes));
        return state;
    }

    /** Overwrites all arrays in place and returns the counters. */
    static long[] restore(List<NamedArray> state, Map<String, NDArray> arrays, int counters) {
        Map<String, ByteBuffer> saved = new HashMap<>();
        state.forEach(array -> saved.put(array.name(), array.data()));
        arrays.forEach((name, array) -> find(saved, name, Floats.bytes(array)));
        ByteBuffer numbers = find(saved, COUNTERS, counters * Long.BYTES);

        arrays.forEach(
                (name, array) -> Floats.write(array, find(saved, name, Floats.bytes(array))));
        long[] values = new long[counters];
        numbers.slice().order(ByteOrder.nativeOrder()).asLongBuffer().get(values);
        return values;
    }

    private static ByteBuffer find(Map<String, ByteBuffer> saved, String name, int bytes) {
        ByteBuffer data = saved.get(name);
        if (data == null || data.remaining() != bytes) {
            throw new IllegalArgumentException(
                    "the saved training state should have "
                            + bytes
                            + " bytes of "
                            + name
                            + ", but has "
                            + (data == null ? "none" : data.remaining() + "")
                            + " (it has "
                            + Arrays.toString(saved.keySet().stream().sorted().toArray())
                            + "); restore it with the settings it was saved with");
        }
        return data;
    }
}
