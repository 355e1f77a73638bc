package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.torch.SplitMix;
import io.millrace.model.torch.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A representation of each image, as it was when the image was last seen (Wu et al. 2018,
 * arXiv:1805.01978, section 3.1). An image's slot is its number modulo the capacity; slots start
 * with random unit vectors.
 */
final class Bank implements AutoCloseable {

    private static final double SHORTEST = 1e-12;

    private final Torch torch;
    private final NDManager manager;
    private final Contrast.Bank settings;
    private final SplitMix samples;
    private final NDArray rows; // (M, D), each row L2-normalised

    /**
     * @param seed of the first representations and of the samples
     */
    Bank(Torch torch, Contrast.Bank settings, int dimension, long seed) {
        this.torch = torch;
        this.settings = settings;
        manager = torch.newManager();
        SplitMix random = SplitMix.of(seed, Streams.BANK);
        rows = manager.create(UnitRows.random(settings.capacity(), dimension, random));
        samples = SplitMix.of(seed, Streams.SAMPLE);
    }

    /**
     * Representations drawn uniformly, with replacement, a pure function of seed and step: (D, K).
     */
    NDArray sample(NDManager step, long number, int count) {
        long[] slots = new long[count];
        for (int i = 0; i < count; i++) {
            double uniform = samples.uniform(number * count + i);
            slots[i] = (long) (uniform * settings.capacity());
        }
        NDArray sample = rows.get(step.create(slots)); // (K, D)
        sample.attach(step);
        return sample.transpose();
    }

    /**
     * Blends each image's representation with its new one and brings it back to length 1. Of two
     * images with one slot the later counts.
     *
     * @param images numbers of the images: (N)
     * @param k their new representations: (N, D), L2-normalised, no gradient
     */
    void update(NDManager step, long[] images, NDArray k) {
        Map<Long, Long> rowOfSlot = new LinkedHashMap<>();
        for (int row = 0; row < images.length; row++) {
            rowOfSlot.put(Math.floorMod(images[row], (long) settings.capacity()), (long) row);
        }
        NDArray slots = step.create(longs(rowOfSlot.keySet()));
        NDArray old = rows.get(slots);
        old.attach(step);
        NDArray fresh = k.get(step.create(longs(rowOfSlot.values())));
        NDArray blend =
                old.muli(settings.momentum())
                        .addi(fresh.muli(1 - settings.momentum()))
                        .normalize(2, 1, SHORTEST);
        torch.operations().replaceRows(rows, slots, blend);
    }

    private static long[] longs(Iterable<Long> values) {
        LongStream.Builder all = LongStream.builder();
        values.forEach(all::add);
        return all.build().toArray();
    }

    /** All representations: (M, D); change them in place only. */
    NDArray rows() {
        return rows;
    }

    @Override
    public void close() {
        manager.close();
    }
}
