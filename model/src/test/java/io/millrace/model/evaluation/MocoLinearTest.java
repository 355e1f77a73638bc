package io.millrace.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.torch.TestTorch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MocoLinearTest {

    @Test
    void moco_isThePublishedSchedule() {
        var schedule = MocoLinear.Schedule.moco(0);

        assertThat(schedule.rate(0)).isEqualTo(30);
        assertThat(schedule.rate(59)).isEqualTo(30);
        assertThat(schedule.rate(60)).isCloseTo(3, within(1e-12));
        assertThat(schedule.rate(80)).isCloseTo(0.3, within(1e-12));
        assertThat(schedule.momentum()).isEqualTo(0.9);
        assertThat(schedule.batchSize()).isEqualTo(256);
        assertThat(schedule.epochs()).isEqualTo(100);
    }

    @Test
    void order_isAPermutation_anotherInEachEpoch() {
        var schedule = MocoLinear.Schedule.moco(3);
        int[] sorted = schedule.order(1, 50);
        Arrays.sort(sorted);

        assertThat(sorted).isEqualTo(java.util.stream.IntStream.range(0, 50).toArray());
        assertThat(schedule.order(1, 50)).isNotEqualTo(schedule.order(2, 50));
        assertThat(schedule.order(1, 50)).isEqualTo(schedule.order(1, 50));
    }

    /** From zero bias and small weights one step is minus the rate times the mean error. */
    @Test
    void step_isClosedForm_whenFeaturesAreZero() {
        var schedule = new MocoLinear.Schedule(30, 0.9, 4, 1, List.of(), 1);
        try (var layer = new MocoLinear(TestTorch.CPU, 2, 2, schedule)) {
            layer.step(new float[8], new int[] {0, 0, 0, 1}, 0);

            // Softmax says 1/2 for both; the truth is 3/4 and 1/4.
            assertThat(layer.classifier().bias())
                    .containsExactly(new double[] {7.5, -7.5}, within(1e-4));
        }
    }

    @Test
    void fit_learns_reportsEpochs_andFollowsItsSeed() {
        LabelledFeatures train = Samples.features(1, 500, 8, 3, 3);
        var schedule = new MocoLinear.Schedule(1, 0.9, 64, 20, List.of(15), 7);
        List<Integer> epochs = new ArrayList<>();

        LinearClassifier one = MocoLinear.fit(TestTorch.CPU, train, 3, schedule, epochs::add);
        LinearClassifier again = MocoLinear.fit(TestTorch.CPU, train, 3, schedule, epoch -> {});

        Ranking answers = one.rank(TestTorch.CPU, train);
        assertThat(Assessment.of(answers, train.targets(), 3).top1()).isGreaterThan(0.8);
        assertThat(epochs).hasSize(20).endsWith(20);
        assertThat(again.weights()).isEqualTo(one.weights());
    }

    @Test
    void isFinite_tells_whenTrainingHasDiverged() {
        var schedule = new MocoLinear.Schedule(3e38, 0.9, 10, 4, List.of(), 7);
        LabelledFeatures train = Samples.features(1, 100, 4, 3, 1);

        LinearClassifier diverged = MocoLinear.fit(TestTorch.CPU, train, 3, schedule, epoch -> {});

        assertThat(diverged.isFinite()).isFalse();
    }
}
