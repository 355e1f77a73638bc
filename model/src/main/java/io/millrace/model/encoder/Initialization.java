package io.millrace.model.encoder;

import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.torch.SplitMix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * First values, distributed as torchvision's: convolutions normal with variance 2 / fan-out (He et
 * al. 2015, arXiv:1502.01852), linear layers uniform within 1 / sqrt(fan-in), batch norm the
 * identity. A pure function of the seed, the same on every machine.
 */
final class Initialization {

    private Initialization() {}

    /** The flat array of parameters: P floats, native order, direct. */
    static ByteBuffer parameters(Layout layout, long seed) {
        List<Entry> entries = layout.parameters();
        ByteBuffer bytes = allocate(Layout.size(entries));
        FloatBuffer values = bytes.asFloatBuffer();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            long fanIn =
                    switch (entry.kind()) {
                        case LINEAR_BIAS -> entries.get(i - 1).fanIn();
                        default -> entry.fanIn();
                    };
            fill(values, entry, fanIn, SplitMix.of(seed, i));
        }
        return bytes;
    }

    /** The flat array of batch-norm buffers: means 0, variances 1. */
    static ByteBuffer buffers(Layout layout) {
        ByteBuffer bytes = allocate(Layout.size(layout.buffers()));
        FloatBuffer values = bytes.asFloatBuffer();
        for (Entry entry : layout.buffers()) {
            long size = entry.size();
            for (long i = 0; i < size; i++) {
                values.put(entry.kind() == Entry.Kind.RUNNING_VARIANCE ? 1 : 0);
            }
        }
        return bytes;
    }

    private static void fill(FloatBuffer values, Entry entry, long fanIn, SplitMix random) {
        double bound = 1 / Math.sqrt((double) fanIn);
        // Fan-out: output channels times the kernel's area.
        double fanOut =
                entry.shape().size() == 4 ? entry.size() / (double) entry.shape().get(1) : 1;
        double deviation = Math.sqrt(2 / fanOut);
        long size = entry.size();
        for (long i = 0; i < size; i++) {
            double value =
                    switch (entry.kind()) {
                        case CONVOLUTION_WEIGHT -> deviation * random.gaussian(i);
                        case LINEAR_WEIGHT, LINEAR_BIAS -> bound * (2 * random.uniform(i) - 1);
                        case NORM_WEIGHT -> 1;
                        default -> 0;
                    };
            values.put((float) value);
        }
    }

    private static ByteBuffer allocate(long floats) {
        return ByteBuffer.allocateDirect(Math.toIntExact(floats * Float.BYTES))
                .order(ByteOrder.nativeOrder());
    }
}
