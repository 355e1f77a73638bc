package io.millrace.model.moco;

import static io.millrace.model.moco.Samples.BATCH;
import static io.millrace.model.moco.Samples.D;
import static io.millrace.model.moco.Samples.SGD;
import static io.millrace.model.moco.Samples.settings;
import static io.millrace.model.moco.Samples.views;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.encoder.Head;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How keys are made: batch norm on the batch's own statistics, shuffled and put back. */
class KeyPassTest {

    private static final int VIEW = Samples.SIDE * Samples.SIDE * 3;

    private static MocoSettings splits(int splits) {
        return settings(
                Head.Kind.MLP,
                Precision.FP32,
                Samples.CONTRAST,
                new BatchNormSplits(splits, true),
                SGD);
    }

    /** In evaluation mode a key would depend on its own view alone. */
    @Test
    void step_makesKeysInTrainingMode() {
        int[] unchanged = KeyOrder.unchanged().permutation(0, BATCH);
        ByteBuffer other = rows(views(1), unchanged);
        for (int i = (BATCH - 1) * VIEW; i < BATCH * VIEW; i++) {
            other.put(i, (byte) (other.get(i) / 2)); // a darker last view
        }

        float[] keys = keys(splits(1), KeyOrder.unchanged(), views(1));
        float[] others = keys(splits(1), KeyOrder.unchanged(), other);

        for (int row = 0; row < BATCH - 1; row++) {
            assertThat(distance(row(keys, row), row(others, row))).isGreaterThan(1e-3);
        }
    }

    /** The splits keep to themselves: of interleaved splits, sample n is in split n mod S. */
    @Test
    void step_givesEachSplitItsOwnStatistics() {
        ByteBuffer other = rows(views(1), KeyOrder.unchanged().permutation(0, BATCH));
        for (int i = 0; i < VIEW; i++) {
            other.put(i, (byte) (other.get(i) / 2)); // row 0, of split 0
        }

        float[] keys = keys(splits(2), KeyOrder.unchanged(), views(1));
        float[] others = keys(splits(2), KeyOrder.unchanged(), other);

        for (int row = 1; row < BATCH; row++) {
            double moved = distance(row(keys, row), row(others, row));
            if (row % 2 == 0) {
                assertThat(moved).as("row %d", row).isGreaterThan(1e-3);
            } else {
                assertThat(moved).as("row %d", row).isLessThan(1e-6);
            }
        }
    }

    /** The keys of a batch shuffled here, by hand, are the same to the bit, row for row. */
    @ParameterizedTest
    @CsvSource({"1, 11", "2, 12", "2, 13", "4, 14", "4, 15"})
    void step_undoesTheShuffleExactly(int splits, long seed) {
        int[] permutation = KeyOrder.shuffled(seed).permutation(0, BATCH);
        assertThat(permutation).isNotEqualTo(KeyOrder.unchanged().permutation(0, BATCH));

        float[] undone = keys(splits(splits), (pass, n) -> permutation.clone(), views(1));
        float[] byHand = keys(splits(splits), KeyOrder.unchanged(), rows(views(1), permutation));

        for (int i = 0; i < BATCH; i++) {
            assertThat(row(undone, permutation[i])).as("row " + i).isEqualTo(row(byHand, i));
        }
    }

    @Test
    void shuffled_isAnotherPermutationEachPass_andThatOfTheSeed() {
        KeyOrder order = KeyOrder.shuffled(7);

        assertThat(order.permutation(0, 64)).isNotEqualTo(order.permutation(1, 64));
        assertThat(order.permutation(5, 64))
                .isEqualTo(KeyOrder.shuffled(7).permutation(5, 64))
                .isNotEqualTo(KeyOrder.shuffled(8).permutation(5, 64))
                .doesNotHaveDuplicates();
    }

    /** The keys that a first step enqueues: (BATCH, D). */
    private static float[] keys(MocoSettings settings, KeyOrder order, ByteBuffer views) {
        try (Moco moco = Moco.create(settings, TestTorch.CPU, order)) {
            moco.step(views(0), views);
            return moco.queueRows(0, BATCH);
        }
    }

    /** A batch whose row i is this row of another. */
    private static ByteBuffer rows(ByteBuffer views, int[] rows) {
        ByteBuffer batch = ByteBuffer.allocateDirect(views.capacity());
        for (int i = 0; i < rows.length; i++) {
            batch.put(i * VIEW, views, rows[i] * VIEW, VIEW);
        }
        return batch;
    }

    private static float[] row(float[] keys, int row) {
        return Arrays.copyOfRange(keys, row * D, (row + 1) * D);
    }

    private static double distance(float[] a, float[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += Math.pow((double) a[i] - b[i], 2);
        }
        return Math.sqrt(squares);
    }
}
