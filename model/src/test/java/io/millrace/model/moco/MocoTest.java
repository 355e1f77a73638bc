package io.millrace.model.moco;

import static io.millrace.model.moco.Samples.BATCH;
import static io.millrace.model.moco.Samples.CONTRAST;
import static io.millrace.model.moco.Samples.settings;
import static io.millrace.model.moco.Samples.steps;
import static io.millrace.model.moco.Samples.views;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import io.millrace.model.torch.Torch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MocoTest {

    private static final int K = CONTRAST.queueCapacity();
    private static final int D = 16;

    @ParameterizedTest
    @CsvSource({"FP32, 1", "BF16, 1", "BF16, 2"})
    void restore_continuesToTheBit_whenAnotherLearnerTakesOver(Precision precision, int threads) {
        Torch torch = threads == 1 ? TestTorch.CPU : TestTorch.TWO_THREADS;
        MocoSettings settings = settings(precision, CONTRAST);
        String uninterrupted;
        try (Moco moco = Moco.create(settings, torch)) {
            steps(moco, 0, 6);
            uninterrupted = States.fingerprint(moco, K);
        }
        List<NamedArray> state;
        float[] queue;
        try (Moco moco = Moco.create(settings, torch)) {
            steps(moco, 0, 3);
            state = moco.state();
            queue = moco.queueRows(0, K);
        }

        try (Moco moco = Moco.create(settings, torch)) {
            steps(moco, 7, 8); // whatever it did before must not matter
            moco.restore(state);
            moco.restoreQueueRows(0, queue);
            steps(moco, 3, 6);

            assertThat(States.fingerprint(moco, K)).isEqualTo(uninterrupted);
        }
    }

    @Test
    void restore_needsTheQueue_toContinueToTheBit() {
        List<NamedArray> state;
        try (Moco moco = Moco.create(settings(), TestTorch.CPU)) {
            steps(moco, 0, 3);
            state = moco.state();
            steps(moco, 3, 4);
            float[] expected = parameters(moco, "query");
            try (Moco other = Moco.create(settings(), TestTorch.CPU)) {
                other.restore(state);
                steps(other, 3, 4);

                assertThat(parameters(other, "query")).isNotEqualTo(expected);
            }
        }
    }

    @Test
    void restore_refuses_whenThePartsAreOfAnotherLearner() {
        try (Moco moco = Moco.create(settings(), TestTorch.CPU)) {
            List<NamedArray> state = moco.state();
            String before = States.fingerprint(moco, K);

            assertThatThrownBy(() -> moco.restore(state.subList(1, state.size())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("query.parameters");
            assertThat(States.fingerprint(moco, K)).isEqualTo(before);
        }
    }

    @Test
    void step_writesKeysRoundTheQueue_whenItsCapacityIsNoMultipleOfTheBatch() {
        try (Moco moco = Moco.create(settings(), TestTorch.CPU)) {
            float[] initial = moco.queueRows(0, K);
            steps(moco, 0, 2);
            float[] two = moco.queueRows(0, K);
            steps(moco, 2, 3);
            float[] three = moco.queueRows(0, K);

            assertThat(moco.enqueued()).isEqualTo(3 * BATCH);
            assertThat(rows(two, 16, 20)).isEqualTo(rows(initial, 16, 20));
            assertThat(rows(two, 0, 4)).isNotEqualTo(rows(three, 0, 4));
            assertThat(rows(three, 4, 16)).isEqualTo(rows(two, 4, 16));
            assertThat(rows(three, 16, 20)).isNotEqualTo(rows(two, 16, 20));
            assertUnitRows(initial);
            assertUnitRows(three);
        }
    }

    @Test
    void step_putsKeysBackInTheirOrder_whenTheyWereShuffled() {
        MocoSettings settings = settings();
        KeyOrder reversed =
                (step, n) -> {
                    int[] order = KeyOrder.unchanged().permutation(step, n);
                    for (int i = 0; i < n; i++) {
                        order[i] = n - 1 - i;
                    }
                    return order;
                };
        try (Moco plain = Moco.create(settings, TestTorch.CPU, KeyOrder.unchanged());
                Moco shuffled = Moco.create(settings, TestTorch.CPU, reversed)) {
            steps(plain, 0, 1);
            steps(shuffled, 0, 1);

            // Reversal swaps two splits and the order within each, which no statistic notices.
            float[] expected = plain.queueRows(0, BATCH);
            float[] actual = shuffled.queueRows(0, BATCH);
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f));
            }
        }
    }

    @Test
    void features_areTheLastStepsAndEqualTheUntrained_beforeAnyUpdate() {
        try (Moco moco = Moco.create(settings(), TestTorch.CPU)) {
            steps(moco, 0, 1);
            float[] first = moco.features();

            assertThat(first).hasSize(BATCH * 16).isEqualTo(moco.untrainedFeatures(views(0)));
            moco.step(views(0), views(1));
            assertThat(moco.features()).isNotEqualTo(first);
            assertThat(moco.untrainedFeatures(views(0))).isEqualTo(first);
        }
    }

    @Test
    void takeStatistics_coversStepsSinceTheLastCall() {
        try (Moco moco = Moco.create(settings(), TestTorch.CPU)) {
            steps(moco, 0, 2);
            StepStatistics first = moco.takeStatistics();
            steps(moco, 2, 3);
            StepStatistics second = moco.takeStatistics();

            assertThat(first.steps()).isEqualTo(2);
            assertThat(first.loss()).isBetween(0.0, 20.0);
            assertThat(first.matching().accuracy()).isBetween(0.0, 1.0);
            assertThat(second.steps()).isEqualTo(1);
            assertThat(second.learningRate())
                    .isCloseTo(0.1 * 0.5 * (1 + Math.cos(Math.PI * 2 / 100)), within(1e-9));
            assertThat(moco.takeStatistics().loss()).isNaN();
        }
    }

    @Test
    void takeStatistics_showsThatTrainingDiverged() {
        try (Moco moco = Moco.create(settings(), TestTorch.CPU)) {
            List<NamedArray> state = moco.state();
            States.bytes(state, "query.parameters").putFloat(0, Float.NaN);
            moco.restore(state);
            steps(moco, 0, 1);

            assertThat(moco.takeStatistics().loss()).isNaN();
        }
    }

    @Test
    void backbone_hasTorchvisionsNames_andTheCurrentWeights() {
        try (Moco moco = Moco.create(settings(), TestTorch.CPU)) {
            steps(moco, 0, 2);
            List<NamedTensor> tensors = moco.backbone();

            assertThat(tensors)
                    .extracting(NamedTensor::name)
                    .startsWith("conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean")
                    .contains("layer2.0.downsample.1.num_batches_tracked")
                    .noneMatch(name -> name.startsWith("fc"));
            float[] conv1 = States.floats(tensors.get(0).data());
            assertThat(conv1).isEqualTo(Arrays.copyOf(parameters(moco, "query"), conv1.length));
            assertThat(tensors.get(5).data().duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong())
                    .isEqualTo(2);
        }
    }

    @Test
    void step_saysWhatItGot_whenABatchIsShort() {
        ByteBuffer half = views(0).limit(BATCH * Samples.SIDE * Samples.SIDE);
        try (Moco moco = Moco.create(settings(), TestTorch.CPU)) {
            assertThatThrownBy(() -> moco.step(half, half))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("6144")
                    .hasMessageContaining("2048");
        }
    }

    private static float[] parameters(Moco moco, String encoder) {
        return States.floats(moco.state(), encoder + ".parameters");
    }

    private static float[] rows(float[] queue, int from, int to) {
        return Arrays.copyOfRange(queue, from * D, to * D);
    }

    private static void assertUnitRows(float[] queue) {
        for (int k = 0; k < K; k++) {
            double squares = 0;
            for (float value : rows(queue, k, k + 1)) {
                squares += value * value;
            }
            assertThat(squares).isCloseTo(1, within(1e-5));
        }
    }
}
