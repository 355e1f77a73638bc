package io.millrace.model.moco;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.SplitMix;
import io.millrace.model.torch.TestTorch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The shape of a MoCo run's loss, which tells a working queue and encoder from a broken one. */
class LossCurveTest {

    private static final int N = 16;
    private static final int SIDE = 16;
    private static final int K = 128;
    private static final int STEPS = 150;

    /** Steps after which every key of the queue is a real one. */
    private static final int FILLED = K / N;

    private static MocoSettings settings(double learningRate) {
        return new MocoSettings(
                new EncoderSettings(
                        new Architecture(
                                Architecture.Block.BASIC,
                                Architecture.Stem.CIFAR,
                                8,
                                List.of(1, 1)),
                        new Head(Head.Kind.MLP, 32),
                        Normalization.CIFAR10,
                        Precision.FP32),
                SIDE,
                N,
                new Contrast(K, 0.1, 0.99),
                new BatchNormSplits(2, true),
                new Sgd(learningRate, 0.9, 5e-4),
                Schedule.CONSTANT,
                1);
    }

    /** Random negatives are easy, real ones of an untrained encoder as near as the positive. */
    @Test
    void loss_startsLowRisesWhileTheQueueFillsThenFalls() {
        double[] losses = train(settings(0.02));

        int peak = peak(losses);
        assertThat(losses[0]).isLessThan(0.2);
        assertThat(peak).isBetween(FILLED - 1, 3 * FILLED);
        for (int s = 1; s < FILLED; s++) {
            assertThat(losses[s]).as("step " + s).isGreaterThan(losses[s - 1]);
        }
        assertThat(losses[peak]).isBetween(0.9 * Math.log(1 + K), 1.05 * Math.log(1 + K));
        assertThat(end(losses)).isLessThan(0.7 * losses[peak]);
    }

    /** The control: ln(1 + K) is where a learner stays that doesn't learn. */
    @Test
    void loss_staysAtThePlateau_whenNothingIsLearned() {
        double[] losses = train(settings(0));

        assertThat(losses[0]).isLessThan(0.2);
        assertThat(end(losses)).isGreaterThan(0.9 * Math.log(1 + K));
    }

    private static int peak(double[] losses) {
        int peak = 0;
        for (int s = 1; s < losses.length; s++) {
            peak = losses[s] > losses[peak] ? s : peak;
        }
        return peak;
    }

    /** The mean of the last steps. */
    private static double end(double[] losses) {
        return Arrays.stream(losses).skip(STEPS - 20).average().orElseThrow();
    }

    /** The loss of every step. */
    private static double[] train(MocoSettings settings) {
        double[] losses = new double[STEPS];
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            for (int s = 0; s < STEPS; s++) {
                moco.step(views(s, 1), views(s, 2));
                losses[s] = moco.takeStatistics().loss();
            }
        }
        return losses;
    }

    /**
     * (N, SIDE, SIDE, 3): images never seen before, each 4x4 patches of random colours, in noise.
     */
    private static ByteBuffer views(int step, int view) {
        ByteBuffer views = ByteBuffer.allocateDirect(N * SIDE * SIDE * 3);
        for (int n = 0; n < N; n++) {
            SplitMix colours = SplitMix.of(1, step, n);
            SplitMix noise = SplitMix.of(2, step, n, view);
            int patch = SIDE / 4;
            for (int i = 0; i < SIDE * SIDE * 3; i++) {
                int y = i / (3 * SIDE) / patch;
                int x = i / 3 % SIDE / patch;
                double colour = 255 * colours.uniform((y * 4 + x) * 3 + i % 3);
                double value = colour + 60 * (noise.uniform(i) - 0.5);
                views.put((byte) Math.min(255, Math.max(0, value)));
            }
        }
        return views.flip();
    }
}
