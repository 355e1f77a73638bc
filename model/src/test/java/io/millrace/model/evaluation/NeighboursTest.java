package io.millrace.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.torch.TestTorch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeighboursTest {

    @Test
    void find_isByCosine_theNearestFirst() {
        var bank =
                new LabelledFeatures(
                        2, new float[] {1, 0, 0, 5, -3, 0, 2, 2}, new int[] {7, 8, 9, 6});
        var image = new LabelledFeatures(2, new float[] {0, 0.1f}, new int[] {0});

        Neighbours near = Neighbours.find(TestTorch.CPU, bank, image, 3, done -> {});

        assertThat(near.k()).isEqualTo(3);
        assertThat(near.targets()).startsWith(8, 6);
        assertThat(near.similarities())
                .containsExactly(new float[] {1, (float) Math.sqrt(0.5), 0}, within(1e-6f));
    }

    @Test
    void find_takesTheWholeBank_whenItIsSmallerThanK_andReportsProgress() {
        LabelledFeatures bank = Samples.features(1, 9, 3, 2, 1);
        LabelledFeatures images = Samples.features(2, 1100, 3, 2, 1);
        List<Long> done = new ArrayList<>();

        Neighbours near = Neighbours.find(TestTorch.CPU, bank, images, 200, done::add);

        assertThat(near.k()).isEqualTo(9);
        assertThat(near.targets()).hasSize(1100 * 9);
        assertThat(done).isSorted().endsWith(1100L).hasSizeGreaterThan(1);
    }

    @Test
    void find_leavesNothingBehind() {
        LabelledFeatures bank = Samples.features(1, 50, 3, 2, 1);
        Neighbours.find(TestTorch.CPU, bank, bank, 5, done -> {});
        int before = TestTorch.CPU.liveArrays();

        Neighbours.find(TestTorch.CPU, bank, bank, 5, done -> {});
        Collapse.of(TestTorch.CPU, bank.values(), 3);
        LogisticRegression.fit(TestTorch.CPU, bank, 2, evaluations -> {})
                .classifier()
                .rank(TestTorch.CPU, bank);
        MocoLinear.fit(
                TestTorch.CPU,
                bank,
                2,
                new MocoLinear.Schedule(1, 0.9, 20, 2, List.of(1), 0),
                epoch -> {});

        assertThat(TestTorch.CPU.liveArrays()).isEqualTo(before);
    }

    @Test
    void find_saysWhatItGot_whenWidthsDiffer() {
        LabelledFeatures bank = Samples.features(1, 9, 3, 2, 1);
        LabelledFeatures images = Samples.features(1, 9, 4, 2, 1);

        assertThatThrownBy(() -> Neighbours.find(TestTorch.CPU, bank, images, 1, done -> {}))
                .hasMessageContaining("(9, 3) for (9, 4)");
    }
}
