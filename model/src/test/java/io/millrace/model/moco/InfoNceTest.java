package io.millrace.model.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.millrace.model.torch.TestTorch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InfoNceTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        TestTorch.CPU.enter();
        manager = TestTorch.CPU.newManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void loss_isLogOfOnePlusK_whenAllKeysAreAlike() {
        NDArray q = unitRows(2, 4);
        NDArray queue = unitRows(7, 4).transpose(); // (D, K)

        NDArray loss = InfoNce.loss(InfoNce.logits(q, unitRows(2, 4), queue, 0.2));

        assertThat(loss.getFloat()).isCloseTo((float) Math.log(8), within(1e-5f));
    }

    @Test
    void loss_isClosedForm_whenKeyMatchesAndNegativesAreOrthogonal() {
        NDArray q = manager.create(new float[] {1, 0, 0}, new Shape(1, 3));
        NDArray queue = manager.create(new float[] {0, 0, 1, 0, 0, 1}, new Shape(3, 2));

        NDArray logits = InfoNce.logits(q, q, queue, 0.5);

        assertThat(logits.toFloatArray()).containsExactly(2, 0, 0);
        assertThat(InfoNce.loss(logits).getFloat())
                .isCloseTo((float) Math.log(1 + 2 * Math.exp(-2)), within(1e-6f));
    }

    @Test
    void matching_sumsHitsAndSimilarities() {
        NDArray q = manager.create(new float[] {1, 0, 0, 1}, new Shape(2, 2));
        NDArray k = manager.create(new float[] {1, 0, 0.6f, -0.8f}, new Shape(2, 2));
        NDArray queue = manager.create(new float[] {0.6f, 0, 0.8f, 1}, new Shape(2, 2));

        NDArray logits = InfoNce.logits(q, k, queue, 0.25);

        // Query 0: own key 1, negatives 0.6 and 0. Query 1: own key -0.8, negatives 0.8 and 1.
        assertThat(InfoNce.matching(logits, 0.25).toFloatArray())
                .containsExactly(new float[] {1, 0.2f, 1.2f}, within(1e-6f));
    }

    @Test
    void loss_givesGradientToQueriesOnly() {
        NDArray q = unitRows(2, 4);
        NDArray k = unitRows(2, 4);
        NDArray queue = unitRows(7, 4).transpose();
        q.setRequiresGradient(true);

        try (GradientCollector collector = TestTorch.CPU.record()) {
            collector.backward(InfoNce.loss(InfoNce.logits(q, k, queue, 0.2)));
        }

        assertThat(q.hasGradient()).isTrue();
        assertThat(k.hasGradient()).isFalse();
        assertThat(queue.hasGradient()).isFalse();
    }

    @Test
    void logits_saysWhatItGot_whenShapesDisagree() {
        NDArray queue = unitRows(7, 4);

        assertThatThrownBy(() -> InfoNce.logits(unitRows(2, 4), unitRows(2, 4), queue, 0.2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(7, 4)");
    }

    private NDArray unitRows(int rows, int dimension) {
        return manager.ones(new Shape(rows, dimension)).div(Math.sqrt(dimension));
    }
}
