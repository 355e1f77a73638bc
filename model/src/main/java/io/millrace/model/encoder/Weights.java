package io.millrace.model.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.torch.Operations;
import io.millrace.model.torch.Precision;
import java.util.List;

/**
 * The parameters of one forward pass, handed out in the layout's order as views of the flat array.
 * In bf16 the whole flat array is cast once; gradients flow back through both.
 */
final class Weights {

    private final NDList fp32;
    private final NDList computed;
    private int next;

    /**
     * The weights of a pass.
     *
     * @param flat all parameters; results belong to its manager
     */
    Weights(Layout layout, NDArray flat, Precision precision, Operations operations) {
        long[] ends = ends(layout.parameters());
        fp32 = flat.split(ends, 0);
        computed = precision == Precision.BF16 ? operations.toBf16(flat).split(ends, 0) : fp32;
    }

    /** The points between the entries of a flat array. */
    static long[] ends(List<Entry> flat) {
        return flat.stream().skip(1).mapToLong(Entry::offset).toArray();
    }

    /** The next tensor, in the type that convolutions and linear layers compute in. */
    NDArray next(Shape shape) {
        return computed.get(next++).reshape(shape);
    }

    /** The next tensor, a vector in fp32. */
    NDArray nextFp32() {
        return fp32.get(next++);
    }
}
