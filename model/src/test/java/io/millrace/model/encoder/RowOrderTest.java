package io.millrace.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.torch.TestTorch;
import org.junit.jupiter.api.Test;

class RowOrderTest {

    @Test
    void apply_laysInterleavedSplitsOneAfterTheOther_andUndoPutsThemBack() {
        try (NDManager manager = TestTorch.CPU.newManager()) {
            RowOrder order = new RowOrder(manager, new int[] {5, 4, 3, 2, 1, 0}, 2);
            NDArray batch = manager.create(new float[] {0, 1, 2, 3, 4, 5});

            NDArray ordered = order.apply(TestTorch.CPU.operations(), batch);

            // The permuted batch is 5 4 3 2 1 0; split 0 has its even rows, split 1 the odd.
            assertThat(ordered.toFloatArray()).containsExactly(5, 3, 1, 4, 2, 0);
            assertThat(order.undo(ordered).toFloatArray()).isEqualTo(batch.toFloatArray());
        }
    }

    @Test
    void constructor_refuses_whenRowsDoNotDivide() {
        try (NDManager manager = TestTorch.CPU.newManager()) {
            assertThatThrownBy(() -> new RowOrder(manager, new int[] {0, 1, 2}, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3 rows");
        }
    }
}
