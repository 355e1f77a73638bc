package io.millrace.model.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.TestTorch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BankTest {

    private static final int M = 6;
    private static final int D = 3;

    @Test
    void rows_startWithLengthOne() {
        try (Bank bank = bank(0.5)) {
            float[] rows = bank.rows().toFloatArray();

            for (int row = 0; row < M; row++) {
                assertThat(length(rows, row)).isCloseTo(1, within(1e-6));
            }
        }
    }

    @Test
    void update_blendsTheSameImagesRepresentation_andLeavesOthersAlone() {
        try (Bank bank = bank(0.25);
                NDManager step = TestTorch.CPU.newManager()) {
            float[] before = bank.rows().toFloatArray();
            NDArray k = step.create(new float[] {1, 0, 0, 0, 1, 0}, new Shape(2, D));

            bank.update(step, new long[] {2, 5 + 3 * M}, k);

            float[] after = bank.rows().toFloatArray();
            double[] blend = new double[D];
            double squares = 0;
            for (int d = 0; d < D; d++) {
                blend[d] = 0.25 * before[2 * D + d] + (d == 0 ? 0.75 : 0);
                squares += blend[d] * blend[d];
            }
            for (int d = 0; d < D; d++) {
                assertThat((double) after[2 * D + d])
                        .isCloseTo(blend[d] / Math.sqrt(squares), within(1e-6));
            }
            assertThat(length(after, 5)).isCloseTo(1, within(1e-6));
            assertThat(Arrays.copyOfRange(after, 0, 2 * D))
                    .isEqualTo(Arrays.copyOfRange(before, 0, 2 * D));
            assertThat(Arrays.copyOfRange(after, 3 * D, 5 * D))
                    .isEqualTo(Arrays.copyOfRange(before, 3 * D, 5 * D));
        }
    }

    @Test
    void update_takesTheLater_whenTwoImagesShareASlot() {
        try (Bank bank = bank(0);
                NDManager step = TestTorch.CPU.newManager()) {
            NDArray k = step.create(new float[] {1, 0, 0, 0, 1, 0}, new Shape(2, D));

            bank.update(step, new long[] {1, 1 + M}, k);

            assertThat(Arrays.copyOfRange(bank.rows().toFloatArray(), D, 2 * D))
                    .containsExactly(0, 1, 0);
        }
    }

    @Test
    void sample_dependsOnTheStepAlone() {
        try (Bank bank = bank(0.5);
                NDManager step = TestTorch.CPU.newManager()) {
            float[] third = bank.sample(step, 3, 20).toFloatArray();

            assertThat(bank.sample(step, 3, 20).toFloatArray()).isEqualTo(third);
            assertThat(bank.sample(step, 4, 20).toFloatArray()).isNotEqualTo(third);
        }
    }

    private static Bank bank(double momentum) {
        return new Bank(TestTorch.CPU, new Contrast.Bank(M, momentum), D, 1);
    }

    private static double length(float[] rows, int row) {
        double squares = 0;
        for (int d = 0; d < D; d++) {
            squares += rows[row * D + d] * rows[row * D + d];
        }
        return Math.sqrt(squares);
    }
}
