package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.FloatDigest;
import io.millrace.model.torch.SplitMix;
import io.millrace.model.torch.Torch;

/** The newest K keys, a ring: the oldest are overwritten. Starts with random unit vectors. */
final class Queue implements AutoCloseable {

    /** Slots that are brought to the heap at a time to be hashed. */
    private static final int PIECE = 4096;

    private final NDManager manager;
    private final int capacity;
    private final int dimension;
    private final NDArray rows; // (K, D), each row L2-normalised
    private long enqueued;

    Queue(Torch torch, int capacity, int dimension, SplitMix random) {
        this.capacity = capacity;
        this.dimension = dimension;
        manager = torch.newManager();
        rows = manager.create(UnitRows.random(capacity, dimension, random));
        rows.attach(manager);
    }

    /** The negatives as the loss wants them, a view: (D, K). */
    NDArray negatives(NDManager step) {
        NDArray view = rows.transpose();
        view.attach(step);
        return view;
    }

    /** Overwrites the oldest keys, from the first slot again after the last. k: (N, D), N <= K. */
    void enqueue(NDArray k) {
        int n = Math.toIntExact(k.getShape().get(0));
        int from = Math.toIntExact(enqueued % capacity);
        int first = Math.min(n, capacity - from);
        overwrite(from, k.get(new NDIndex("0:" + first)));
        if (first < n) {
            overwrite(0, k.get(new NDIndex(first + ":" + n)));
        }
        enqueued += n;
    }

    private void overwrite(int from, NDArray keys) {
        rows.set(new NDIndex(from + ":" + (from + keys.getShape().get(0))), keys);
    }

    /** Keys ever enqueued; the next goes to slot {@code enqueued % K}. */
    long enqueued() {
        return enqueued;
    }

    /** Sets the number of keys ever enqueued. */
    void setEnqueued(long enqueued) {
        this.enqueued = enqueued;
    }

    /** Returns slots {@code from} to {@code from + count}: (count, D), row-major. */
    float[] read(int from, int count) {
        requireSlots(from, count);
        try (NDArray slots = rows.get(new NDIndex(from + ":" + (from + count)))) {
            return slots.toFloatArray();
        }
    }

    /** SHA-256 of all slots in their order, as little-endian floats; lower-case hexadecimal. */
    String sha256() {
        var digest = new FloatDigest();
        for (int from = 0; from < capacity; from += PIECE) {
            digest.add(read(from, Math.min(PIECE, capacity - from)));
        }
        return digest.hex();
    }

    /** Overwrites the slots after {@code from}: (count, D), row-major. */
    void write(int from, float[] values) {
        requireSlots(from, values.length / dimension);
        try (NDArray slots =
                manager.create(values, new Shape(values.length / dimension, dimension))) {
            overwrite(from, slots);
        }
    }

    private void requireSlots(int from, int count) {
        if (from < 0 || count < 1 || from + count > capacity) {
            throw new IllegalArgumentException(
                    "the queue has slots 0 to "
                            + (capacity - 1)
                            + ", asked for "
                            + count
                            + " from "
                            + from);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
