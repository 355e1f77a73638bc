package io.millrace.model.moco;

import static io.millrace.model.moco.Samples.BATCH;
import static io.millrace.model.moco.Samples.settings;
import static io.millrace.model.moco.Samples.steps;
import static io.millrace.model.moco.Samples.views;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SymmetricMocoTest {

    /** Neither a multiple of N nor of 2N. */
    private static final int K = 20;

    private static final int D = 16;

    private static final Contrast SYMMETRIC = new Contrast(K, 0.2, 0.9, true);

    @Test
    void step_enqueuesTheKeysOfBothViews_roundTheQueue() {
        try (Moco moco = Moco.create(settings(Precision.FP32, SYMMETRIC), TestTorch.CPU)) {
            float[] initial = moco.queueRows(0, K);
            steps(moco, 0, 1);
            float[] one = moco.queueRows(0, K);
            steps(moco, 1, 2);
            float[] two = moco.queueRows(0, K);

            assertThat(moco.enqueued()).isEqualTo(4 * BATCH);
            assertThat(rows(one, 16, 20)).isEqualTo(rows(initial, 16, 20));
            assertThat(rows(two, 12, 16)).isEqualTo(rows(one, 12, 16));
            assertThat(changedRows(initial, one)).isEqualTo(16);
            assertThat(changedRows(one, two)).isEqualTo(16);
        }
    }

    /**
     * Two equal batches of views: the passes differ in nothing but the shuffling of the keys, which
     * a single split of batch norm doesn't notice.
     */
    @Test
    void step_contrastsBothPassesWithTheSameQueue() {
        BatchNormSplits whole = new BatchNormSplits(1, true);
        double asymmetric = firstLoss(new Contrast(K, 0.2, 0.9), whole);
        double symmetric = firstLoss(SYMMETRIC, whole);

        assertThat(symmetric).isCloseTo(2 * asymmetric, within(1e-4));
    }

    private static double firstLoss(Contrast contrast, BatchNormSplits batchNorm) {
        MocoSettings base = settings(Precision.FP32, contrast);
        MocoSettings settings =
                new MocoSettings(
                        base.encoder(),
                        base.side(),
                        base.batchSize(),
                        contrast,
                        batchNorm,
                        base.optimizer(),
                        base.schedule(),
                        base.seed());
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            moco.step(views(0), views(0));
            return moco.takeStatistics().loss();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void restore_continuesToTheBit(Precision precision) {
        MocoSettings settings = settings(precision, SYMMETRIC);
        List<NamedArray> state;
        float[] queue;
        String uninterrupted;
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            steps(moco, 0, 2);
            state = moco.state();
            queue = moco.queueRows(0, K);
            steps(moco, 2, 4);
            uninterrupted = States.fingerprint(moco, K);
        }

        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            moco.restore(state);
            moco.restoreQueueRows(0, queue);
            steps(moco, 2, 4);

            assertThat(States.fingerprint(moco, K)).isEqualTo(uninterrupted);
        }
    }

    @Test
    void step_leavesNothingBehind() {
        try (Moco moco = Moco.create(settings(Precision.BF16, SYMMETRIC), TestTorch.CPU)) {
            steps(moco, 0, 2);
            int before = TestTorch.CPU.liveArrays();
            steps(moco, 2, 5);

            assertThat(TestTorch.CPU.liveArrays()).isEqualTo(before);
        }
    }

    @Test
    void settings_refuseAQueue_thatAStepWouldOverrun() {
        Contrast narrow = new Contrast(2 * BATCH - 1, 0.2, 0.9, true);

        assertThatThrownBy(() -> settings(Precision.FP32, narrow))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "queue capacity (15) must be at least the keys of a step (16)");
    }

    private static long changedRows(float[] before, float[] after) {
        long changed = 0;
        for (int k = 0; k < K; k++) {
            changed += Arrays.equals(rows(before, k, k + 1), rows(after, k, k + 1)) ? 0 : 1;
        }
        return changed;
    }

    private static float[] rows(float[] queue, int from, int to) {
        return Arrays.copyOfRange(queue, from * D, to * D);
    }
}
