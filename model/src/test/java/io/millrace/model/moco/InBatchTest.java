package io.millrace.model.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.TestTorch;
import org.junit.jupiter.api.Test;

class InBatchTest {

    private static final int N = 5;

    @Test
    void loss_isTheLogarithmOfTheKeys_whenAllAreTheSame() {
        try (NDManager manager = TestTorch.CPU.newManager()) {
            NDArray same = manager.ones(new Shape(N, 4)).normalize(2, 1, 1e-12);

            NDArray logits = InBatch.logits(same, same, 0.07);

            assertThat(InBatch.loss(logits).getFloat()).isCloseTo(ln(N), within(1e-5f));
        }
    }

    @Test
    void ntXent_leavesOutAViewItself_whenAllAreTheSame() {
        try (NDManager manager = TestTorch.CPU.newManager()) {
            NDArray same = manager.ones(new Shape(N, 4)).normalize(2, 1, 1e-12);

            NDArray logits = InBatch.ntXent(same, same, 0.1);

            assertThat(logits.getShape()).isEqualTo(new Shape(N, 2 * N));
            assertThat(InBatch.loss(logits).getFloat()).isCloseTo(ln(2 * N - 1), within(1e-5f));
        }
    }

    @Test
    void loss_isNearZero_whenEachQueryIsItsKeyAndNoOther() {
        try (NDManager manager = TestTorch.CPU.newManager()) {
            NDArray axes = manager.eye(N);

            NDArray logits = InBatch.logits(axes, axes, 0.05);

            assertThat(InBatch.loss(logits).getFloat()).isCloseTo(0, within(1e-5f));
            float[] matching = InBatch.matching(logits, 0.05).toFloatArray();
            assertThat(matching[0]).isEqualTo(N);
            assertThat(matching[1]).as("positive").isCloseTo(N, within(1e-5f));
            assertThat(matching[2]).as("negative").isCloseTo(0, within(1e-5f));
        }
    }

    @Test
    void matching_countsRowsWhoseOwnColumnIsTheLargest() {
        try (NDManager manager = TestTorch.CPU.newManager()) {
            NDArray logits = manager.create(new float[][] {{3, 1, 0}, {5, 2, 1}, {0, 1, 2}});

            float[] matching = InBatch.matching(logits, 0.5).toFloatArray();

            assertThat(matching[0]).as("hits").isEqualTo(2);
            assertThat(matching[1]).as("positive: (3 + 2 + 2) / 2").isEqualTo(3.5f);
            assertThat(matching[2]).as("negative: (1 + 6 + 1) / 4").isEqualTo(2);
        }
    }

    private static float ln(int n) {
        return (float) Math.log(n);
    }
}
