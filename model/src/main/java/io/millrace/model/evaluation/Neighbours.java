package io.millrace.model.evaluation;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.Torch;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * The nearest neighbours of images among images whose class is known, by cosine similarity, and the
 * weighted vote of Wu et al. 2018, arXiv:1805.01978, section 3.4, as MoCo's CIFAR-10 demo takes it.
 *
 * @param k neighbours of each image
 * @param similarities (N, k), row-major, the nearest first: -1 to 1
 * @param targets their classes: (N, k)
 */
public record Neighbours(int k, float[] similarities, int[] targets) {

    /** What one product may take, floats. */
    private static final long BLOCK = 16L << 20;

    private static final int MOST_ROWS = 512;
    private static final double SHORTEST = 1e-12;

    public Neighbours {
        requireNonNull(similarities, "similarities");
        requireNonNull(targets, "targets");
    }

    /**
     * Finds them, a block of images at a time.
     *
     * @param bank images whose class is known
     * @param wanted neighbours of each image; at most those that there are
     * @param done told how many images have theirs
     */
    public static Neighbours find(
            Torch torch,
            LabelledFeatures bank,
            LabelledFeatures images,
            int wanted,
            LongConsumer done) {
        if (wanted < 1 || bank.rows() < 1 || bank.width() != images.width()) {
            throw new IllegalArgumentException(
                    "expected one neighbour or more in a bank of as many features, got %d of (%d, %d) for (%d, %d)"
                            .formatted(
                                    wanted,
                                    bank.rows(),
                                    bank.width(),
                                    images.rows(),
                                    images.width()));
        }
        int k = Math.min(wanted, bank.rows());
        float[] similarities = new float[Math.multiplyExact(images.rows(), k)];
        int[] targets = new int[similarities.length];
        int block = (int) Math.max(1, Math.min(MOST_ROWS, BLOCK / bank.rows()));
        torch.enter();
        try (NDManager manager = torch.newManager()) {
            NDArray keys = unit(manager, bank, 0, bank.rows()).transpose(); // (C, bank)
            for (int from = 0; from < images.rows(); from += block) {
                int to = Math.min(from + block, images.rows());
                try (NDManager step = manager.newSubManager()) {
                    NDList best = unit(step, images, from, to).matMul(keys).topK(k, 1, true, true);
                    best.attach(step);
                    float[] near = best.get(0).toFloatArray();
                    long[] rows = best.get(1).toLongArray();
                    System.arraycopy(near, 0, similarities, from * k, near.length);
                    for (int i = 0; i < rows.length; i++) {
                        targets[from * k + i] = bank.targets()[(int) rows[i]];
                    }
                }
                done.accept(to);
            }
        }
        return new Neighbours(k, similarities, targets);
    }

    /** Rows of length 1: (to - from, C). */
    private static NDArray unit(NDManager manager, LabelledFeatures features, int from, int to) {
        int width = features.width();
        float[] rows = Arrays.copyOfRange(features.values(), from * width, to * width);
        try (NDArray raw = manager.create(rows, new Shape(to - from, width))) {
            return raw.normalize(2, 1, SHORTEST);
        }
    }

    /**
     * Lets each neighbour vote for its class with weight exp(similarity / T).
     *
     * @param classes number of classes
     */
    public Ranking vote(double temperature, int classes) {
        int depth = Math.min(Ranking.TOP, classes);
        int rows = targets.length / k;
        int[] ranked = new int[rows * depth];
        double[] scores = new double[classes];
        var electorate = new Vote.Electorate(k, temperature);
        for (int row = 0; row < rows; row++) {
            Vote.count(similarities, targets, row * k, electorate, scores);
            Ranking.best(scores, depth, ranked, row);
        }
        return new Ranking(depth, ranked);
    }
}
