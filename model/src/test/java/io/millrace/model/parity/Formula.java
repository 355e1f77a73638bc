package io.millrace.model.parity;

import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/** The weights, images and queue of the parity fixtures, computed as their README defines. */
public final class Formula {

    private final long base;

    public Formula(long base) {
        this.base = base;
    }

    /** u(t, i), in [-0.5, 0.5). */
    static double u(long t, long i) {
        long z = ((t << 40) + i + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        z = z ^ (z >>> 31);
        return (z >>> 40) * 0x1p-24 - 0.5;
    }

    /** The flat array of parameters. */
    public ByteBuffer parameters(Layout layout) {
        return flat(layout, layout.parameters());
    }

    /** The flat array of batch-norm buffers. */
    public ByteBuffer buffers(Layout layout) {
        return flat(layout, layout.buffers());
    }

    private ByteBuffer flat(Layout layout, List<Entry> entries) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect((int) (Layout.size(entries) * Float.BYTES))
                        .order(ByteOrder.nativeOrder());
        FloatBuffer values = bytes.asFloatBuffer();
        for (Entry entry : entries) {
            long t = base + layout.entries().indexOf(entry);
            long size = entry.size();
            for (long i = 0; i < size; i++) {
                values.put(value(entry, u(t, i)));
            }
        }
        return bytes;
    }

    private static float value(Entry entry, double u) {
        return switch (entry.kind()) {
            case RUNNING_VARIANCE -> (float) (1 + 0.4 * u);
            case NORM_WEIGHT -> (float) (1 + 0.2 * u);
            case CONVOLUTION_WEIGHT, LINEAR_WEIGHT ->
                    (float) u * (float) Math.sqrt(24.0 / entry.fanIn());
            default -> (float) (0.2 * u);
        };
    }

    /** Image tensor number {@code base + t}: (n, 3, side, side), row-major, in [-1, 1). */
    public float[] images(long t, int n, int side) {
        float[] images = new float[n * 3 * side * side];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) (2 * u(base + t, i));
        }
        return images;
    }

    /** The initial queue as rows of unit length: (capacity, dimension), row-major. */
    public float[] queueRows(int dimension, int capacity) {
        float[] rows = new float[capacity * dimension];
        for (int k = 0; k < capacity; k++) {
            double squares = 0;
            for (int d = 0; d < dimension; d++) {
                double u = u(base + 901, (long) d * capacity + k);
                rows[k * dimension + d] = (float) u;
                squares += u * u;
            }
            for (int d = 0; d < dimension; d++) {
                rows[k * dimension + d] /= (float) Math.sqrt(squares);
            }
        }
        return rows;
    }
}
