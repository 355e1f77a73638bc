package io.millrace.model.evaluation;

import io.millrace.model.torch.SplitMix;
import java.util.Arrays;

/**
 * Weighted nearest neighbours among the newest labelled records, whose features are still being
 * learned: a batch's records are first classified, then kept in place of the oldest.
 *
 * <p>Plain Java in fp32: the same bits on every machine, and no natives where the probe runs.
 * Features are kept a column each, so that one image's similarities to the whole bank are sums of
 * columns, which the JIT compiler vectorises.
 */
final class NeighbourBank {

    /** Rows or columns of the matrix whose singular values RankMe takes, at most. */
    static final int MAX_RANK = 512;

    /** Times that the bank is filled anew between two RankMe, which costs as much as many steps. */
    static final int BANKS_PER_RANK = 4;

    private static final double SHORTEST = 1e-12;

    private final int width;
    private final KnnSettings settings;
    private final float[][] columns; // (C, B)
    private final float[] scales; // (B): 1 over the length of a slot's features
    private final int[] targets; // (B)
    private AccuracyWindow answers;
    private long inserted;
    private double rankMe;
    private int rankOf;
    private long rankedAt;

    /**
     * An empty bank.
     *
     * @param width features per record, C
     * @param settings with a bank of one record or more
     * @param window answers that the accuracy covers
     */
    NeighbourBank(int width, KnnSettings settings, int window) {
        this.width = width;
        this.settings = settings;
        columns = new float[width][settings.bank()];
        scales = new float[settings.bank()];
        targets = new int[settings.bank()];
        answers = new AccuracyWindow(window);
    }

    /** A bank that goes on where the state was taken; one of another size starts empty. */
    static NeighbourBank restore(BankState state, int width, KnnSettings settings, int window) {
        var bank = new NeighbourBank(width, settings, window);
        int filled = state.targets().length;
        boolean wrapped = state.inserted() > filled;
        if (wrapped ? filled != settings.bank() : filled > settings.bank()) {
            return bank;
        }
        for (int slot = 0; slot < filled; slot++) {
            bank.put(slot, state.targets()[slot], state.values(), slot);
        }
        bank.inserted = state.inserted();
        bank.answers = AccuracyWindow.restore(state.hits(), state.tested(), window);
        bank.rankMe = state.rankMe();
        bank.rankOf = state.rankOf();
        bank.rankedAt = state.rankedAt();
        return bank;
    }

    /** A copy of everything the bank knows. */
    BankState state() {
        int filled = filled();
        float[] values = new float[filled * width];
        for (int c = 0; c < width; c++) {
            for (int slot = 0; slot < filled; slot++) {
                values[slot * width + c] = columns[c][slot];
            }
        }
        return new BankState(
                values,
                Arrays.copyOf(targets, filled),
                inserted,
                answers.hits(),
                answers.records(),
                rankMe,
                rankOf,
                rankedAt);
    }

    /**
     * Classifies some of the batch, then keeps all of it.
     *
     * @param truth classes of the batch: (N)
     * @param values (N, C), row-major
     * @param classes number of classes, those that are new in this batch included
     */
    void observe(int[] truth, float[] values, int classes) {
        if (inserted > 0) {
            test(truth, values, classes);
        }
        for (int row = 0; row < truth.length; row++) {
            put((int) (inserted % settings.bank()), truth[row], values, row);
            inserted++;
        }
    }

    /** Rows at equal distances, from another one on in each batch. */
    private void test(int[] truth, float[] values, int classes) {
        int tested = Math.min(settings.perBatch(), truth.length);
        int stride = truth.length / tested;
        int shift = (int) Math.floorMod(SplitMix.of(0).bits(inserted), (long) stride);
        double[] scores = new double[classes];
        int[] answer = new int[1];
        for (int i = 0; i < tested; i++) {
            int row = i * stride + shift;
            vote(values, row, scores);
            Ranking.best(scores, 1, answer, 0);
            answers.count(answer[0] == truth[row]);
        }
    }

    private void vote(float[] values, int row, double[] scores) {
        float[] similarities = similarities(values, row);
        int k = Math.min(settings.k(), filled());
        int[] nearest = nearest(similarities, k);
        float[] near = new float[k];
        int[] classes = new int[k];
        for (int i = 0; i < k; i++) {
            near[i] = similarities[nearest[i]];
            classes[i] = targets[nearest[i]];
        }
        var electorate = new Vote.Electorate(k, settings.temperature());
        Vote.count(near, classes, 0, electorate, scores);
    }

    /** Cosines of a row and every slot that is filled. */
    private float[] similarities(float[] values, int row) {
        float[] sums = new float[filled()];
        float scale = scale(values, row);
        for (int c = 0; c < width; c++) {
            addColumn(sums, values[row * width + c] * scale, columns[c]);
        }
        for (int slot = 0; slot < sums.length; slot++) {
            sums[slot] *= scales[slot];
        }
        return sums;
    }

    private static void addColumn(float[] sums, float factor, float[] column) {
        for (int slot = 0; slot < sums.length; slot++) {
            sums[slot] += factor * column[slot];
        }
    }

    /** The slots with the k largest values, the largest first; of equal ones the lower slot. */
    static int[] nearest(float[] similarities, int k) {
        int[] slots = new int[k];
        int found = 0;
        for (int slot = 0; slot < similarities.length; slot++) {
            float similarity = similarities[slot];
            if (found == k && !(similarity > similarities[slots[k - 1]])) {
                continue;
            }
            int place = found == k ? k - 1 : found++;
            while (place > 0 && similarity > similarities[slots[place - 1]]) {
                slots[place] = slots[place - 1];
                place--;
            }
            slots[place] = slot;
        }
        return slots;
    }

    private void put(int slot, int target, float[] values, int row) {
        for (int c = 0; c < width; c++) {
            columns[c][slot] = values[row * width + c];
        }
        scales[slot] = scale(values, row);
        targets[slot] = target;
    }

    private float scale(float[] values, int row) {
        double squares = 0;
        for (int c = 0; c < width; c++) {
            double value = values[row * width + c];
            squares += value * value;
        }
        return (float) (1 / Math.max(SHORTEST, Math.sqrt(squares)));
    }

    /** Fraction right over the window, 0 to 1; 0 before the first answer. */
    double accuracy() {
        return answers.accuracy();
    }

    /** Answers that the accuracy covers now. */
    int windowFilled() {
        return answers.filled();
    }

    /** Records in the bank. */
    int filled() {
        return (int) Math.min(inserted, settings.bank());
    }

    /** Standard deviation of the bank's L2-normalised features, as {@link Collapse} defines it. */
    double deviation() {
        double total = 0;
        for (float[] column : columns) {
            double sum = 0;
            double squares = 0;
            for (int slot = 0; slot < filled(); slot++) {
                double value = (double) column[slot] * scales[slot];
                sum += value;
                squares += value * value;
            }
            total += Collapse.spread(sum, squares, filled());
        }
        return total / width;
    }

    /**
     * RankMe of the bank's features; computed anew when the bank has been filled {@link
     * #BANKS_PER_RANK} times since the last.
     */
    double rankMe() {
        boolean first = rankedAt == 0 && inserted > 0;
        if (first || inserted - rankedAt >= (long) BANKS_PER_RANK * filled()) {
            double[][] rows = smallerSideFirst();
            rankMe = Collapse.rankMe(singularValues(rows));
            rankOf = rows.length;
            rankedAt = inserted;
        }
        return rankMe;
    }

    /** The most that {@link #rankMe} could have been. */
    int rankOf() {
        return rankOf;
    }

    /** The bank, or its newest records where the features are many; transposed where it is long. */
    private double[][] smallerSideFirst() {
        int rows = width <= MAX_RANK ? filled() : Math.min(MAX_RANK, filled());
        boolean wide = rows < width;
        double[][] matrix = new double[wide ? rows : width][wide ? width : rows];
        for (int i = 0; i < rows; i++) {
            int slot = (int) ((inserted - 1 - i) % settings.bank());
            for (int c = 0; c < width; c++) {
                matrix[wide ? i : c][wide ? c : i] = columns[c][slot];
            }
        }
        return matrix;
    }

    /** Roots of the eigenvalues of M M^T. */
    private static double[] singularValues(double[][] matrix) {
        int n = matrix.length;
        double[][] products = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                products[i][j] = dot(matrix[i], matrix[j]);
                products[j][i] = products[i][j];
            }
        }
        double[] values = SymmetricEigenvalues.of(products);
        return Arrays.stream(values).map(value -> Math.sqrt(Math.max(0, value))).toArray();
    }

    /** Four sums side by side, since one alone waits for itself. */
    private static double dot(double[] a, double[] b) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            s0 += a[i] * b[i];
        }
        return s0 + s1 + (s2 + s3);
    }
}
