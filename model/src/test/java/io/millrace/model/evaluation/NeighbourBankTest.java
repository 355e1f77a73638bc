package io.millrace.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.torch.TestTorch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NeighbourBankTest {

    private static final int WIDTH = 5;

    @Test
    void observe_answersAsTheOfflineVoteDoes_whenItsBankIsTheSame() {
        LabelledFeatures bank = Samples.features(1, 60, WIDTH, 4, 1.5);
        LabelledFeatures images = Samples.features(2, 40, WIDTH, 4, 1.5);
        var settings = new KnnSettings(60, 7, 0.07, 40);
        var online = new NeighbourBank(WIDTH, settings, 40);
        online.observe(bank.targets(), bank.values(), 4);
        online.observe(images.targets(), images.values(), 4);

        Neighbours near = Neighbours.find(TestTorch.CPU, bank, images, 7, done -> {});
        Assessment offline = Assessment.of(near.vote(0.07, 4), images.targets(), 4);

        assertThat(online.accuracy()).isEqualTo(offline.top1()).isBetween(0.4, 0.9);
        assertThat(online.windowFilled()).isEqualTo(40);
    }

    @Test
    void observe_testsBeforeItKeeps() {
        LabelledFeatures images = Samples.features(3, 32, WIDTH, 2, 0);
        // With the record itself in the bank, its nearest neighbour would always be right.
        var bank = new NeighbourBank(WIDTH, new KnnSettings(64, 1, 0.1, 32), 32);
        bank.observe(images.targets(), images.values(), 2);
        int[] others = Arrays.stream(images.targets()).map(target -> 1 - target).toArray();

        bank.observe(others, images.values(), 2);

        assertThat(bank.windowFilled()).isEqualTo(32);
        assertThat(bank.accuracy()).isZero();
    }

    @Test
    void observe_forgetsTheOldest_whenTheBankIsFull() {
        var bank = new NeighbourBank(1, new KnnSettings(3, 1, 0.1, 1), 10);

        bank.observe(new int[] {0, 1, 2, 3}, new float[] {1, 2, 3, 4}, 4);

        assertThat(bank.filled()).isEqualTo(3);
        assertThat(bank.state().targets()).containsExactly(3, 1, 2);
        assertThat(bank.state().values()).containsExactly(4, 2, 3);
    }

    @Test
    void observe_testsSomeOfEachBatch_anotherRowEachTime() {
        var bank = new NeighbourBank(1, new KnnSettings(1000, 1, 0.1, 3), 1000);
        int[] targets = new int[32];
        // Only rows of even places are right.
        for (int i = 0; i < 32; i++) {
            targets[i] = i % 2;
        }
        float[] values = new float[32];
        Arrays.fill(values, 1);
        bank.observe(new int[] {0}, new float[] {1}, 2);

        for (int batch = 0; batch < 20; batch++) {
            bank.observe(targets, values, 2);
        }

        assertThat(bank.windowFilled()).isEqualTo(60);
        assertThat(bank.accuracy()).isBetween(0.2, 0.8);
    }

    @Test
    void nearest_isTheLargestFirst_andTheLowerSlotOfEqualOnes() {
        float[] similarities = {0.5f, -1, 0.9f, 0.5f, 0.7f, 0.9f};

        assertThat(NeighbourBank.nearest(similarities, 4)).containsExactly(2, 5, 4, 0);
        assertThat(NeighbourBank.nearest(similarities, 6)).containsExactly(2, 5, 4, 0, 3, 1);
    }

    @Test
    void gauges_areThoseOfCollapse_onTheRowsOfTheBank() {
        LabelledFeatures all = Samples.features(4, 50, WIDTH, 2, 1);
        var bank = new NeighbourBank(WIDTH, new KnnSettings(30, 1, 0.1, 1), 10);
        bank.observe(all.targets(), all.values(), 2);
        float[] kept = Arrays.copyOfRange(all.values(), 20 * WIDTH, 50 * WIDTH);

        Collapse expected = Collapse.of(TestTorch.CPU, kept, WIDTH);

        assertThat(bank.deviation()).isCloseTo(expected.deviation(), within(1e-6));
        assertThat(bank.rankMe()).isCloseTo(expected.rankMe(), within(1e-4));
        assertThat(bank.rankOf()).isEqualTo(WIDTH);
    }

    @Test
    void rankMe_takesTheNewestRecords_whenFeaturesAreMany() {
        int width = NeighbourBank.MAX_RANK + 8;
        int rows = NeighbourBank.MAX_RANK + 20;
        LabelledFeatures all = Samples.features(5, rows, width, 2, 1);
        var bank = new NeighbourBank(width, new KnnSettings(1000, 1, 0.1, 1), 10);
        bank.observe(all.targets(), all.values(), 2);
        float[] newest = Arrays.copyOfRange(all.values(), 20 * width, rows * width);

        assertThat(bank.rankMe())
                .isCloseTo(Collapse.of(TestTorch.CPU, newest, width).rankMe(), within(1e-2));
        assertThat(bank.rankOf()).isEqualTo(NeighbourBank.MAX_RANK);
    }

    @Test
    void rankMe_staysUntilTheBankHasBeenFilledFourTimes() {
        var bank = new NeighbourBank(WIDTH, new KnnSettings(30, 1, 0.1, 1), 10);
        LabelledFeatures spread = Samples.features(6, 30, WIDTH, 2, 0);
        bank.observe(spread.targets(), spread.values(), 2);
        double before = bank.rankMe();
        float[] same = new float[WIDTH];
        Arrays.fill(same, 1);

        for (int i = 0; i < NeighbourBank.BANKS_PER_RANK * 30 - 1; i++) {
            bank.observe(new int[] {0}, same, 2);
            assertThat(bank.rankMe()).isEqualTo(before);
        }
        bank.observe(new int[] {0}, same, 2);

        assertThat(before).isGreaterThan(3);
        assertThat(bank.rankMe()).isCloseTo(1, within(1e-3));
        assertThat(bank.deviation()).isCloseTo(0, within(1e-6));
    }

    @Test
    void restore_continuesToTheBit_beforeAndAfterTheRingWraps() {
        var settings = new KnnSettings(50, 5, 0.1, 4);
        var whole = new NeighbourBank(WIDTH, settings, 16);
        for (int batch = 0; batch < 12; batch++) {
            var restored = NeighbourBank.restore(whole.state(), WIDTH, settings, 16);
            LabelledFeatures next = Samples.features(batch, 12, WIDTH, 3, 1);

            whole.observe(next.targets(), next.values(), 3);
            restored.observe(next.targets(), next.values(), 3);

            assertThat(restored.rankMe()).isEqualTo(whole.rankMe());
            assertThat(restored.deviation()).isEqualTo(whole.deviation());
            assertThat(restored.state()).usingRecursiveComparison().isEqualTo(whole.state());
        }
    }

    @Test
    void restore_startsEmpty_whenTheBankHasAnotherSize() {
        var bank = new NeighbourBank(WIDTH, new KnnSettings(20, 5, 0.1, 4), 16);
        LabelledFeatures some = Samples.features(1, 30, WIDTH, 3, 1);
        bank.observe(some.targets(), some.values(), 3);

        var smaller = new KnnSettings(10, 5, 0.1, 4);
        var larger = new KnnSettings(40, 5, 0.1, 4);

        assertThat(NeighbourBank.restore(bank.state(), WIDTH, smaller, 16).filled()).isZero();
        assertThat(NeighbourBank.restore(bank.state(), WIDTH, larger, 16).filled()).isZero();
    }
}
