package io.millrace.model.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.List;

/**
 * The running statistics that one forward pass reads or updates. In training every split updates a
 * copy of its own, and the buffers become the mean over the splits, as in SplitBatchNorm of the
 * authors' CIFAR demo.
 */
final class Statistics {

    private final NDArray buffers;
    private final NDArray work; // (S * B): a copy of the buffers for each split
    private final NDList views;
    private final int splits;
    private final int entries;
    private final boolean training;
    private int next;

    private Statistics(NDArray buffers, NDArray work, List<Layout.Entry> flat, boolean training) {
        long size = Layout.size(flat);
        this.buffers = buffers;
        this.work = work;
        this.training = training;
        splits = (int) (work.size() / size);
        entries = flat.size();
        long[] ends = new long[splits * entries - 1];
        for (int i = 1; i <= ends.length; i++) {
            ends[i - 1] = i / entries * size + flat.get(i % entries).offset();
        }
        views = work.split(ends, 0);
    }

    /** Statistics that a pass over S splits updates; {@link #commit} writes them back. */
    static Statistics training(NDManager pass, NDArray buffers, Layout layout, int splits) {
        NDArray work = buffers.tile(splits);
        work.attach(pass);
        return new Statistics(buffers, work, layout.buffers(), true);
    }

    /** Statistics that a pass only reads. */
    static Statistics evaluation(NDManager pass, NDArray buffers, Layout layout) {
        NDArray view = buffers.stopGradient();
        view.attach(pass);
        return new Statistics(buffers, view, layout.buffers(), false);
    }

    int splits() {
        return splits;
    }

    boolean training() {
        return training;
    }

    /** Running mean of the current layer: (C). */
    NDArray mean(int split) {
        return views.get(split * entries + next);
    }

    /** Running variance of the current layer: (C). */
    NDArray variance(int split) {
        return views.get(split * entries + next + 1);
    }

    /** Goes on to the next layer. */
    void advance() {
        next += 2;
    }

    /** Writes the mean over the splits back to the buffers. */
    void commit() {
        NDArray mean = work.reshape(splits, buffers.size()).mean(new int[] {0}); // (B)
        buffers.set(new NDIndex(":"), mean); // in place: copyTo would swap the storage
    }
}
