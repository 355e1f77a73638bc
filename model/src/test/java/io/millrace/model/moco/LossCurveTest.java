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

    private static MocoSettings settings(double momentum) {
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
                new Contrast(K, 0.1, momentum),
                new BatchNormSplits(2, true),
                new Sgd(Double.parseDouble(System.getProperty("curve.lr", "0.02")), 0.9, 5e-4),
                Schedule.CONSTANT,
                1);
    }

    @Test
    void loss_startsLowRisesWhileTheQueueFillsThenFalls() {
        double[] losses =
                train(settings(Double.parseDouble(System.getProperty("curve.m", "0.99"))));
        System.out.println(Arrays.toString(losses));
        int filled = K / N;
        double start = losses[0];
        double peak = Arrays.stream(losses).limit(4L * filled).max().orElseThrow();
        double end = Arrays.stream(losses).skip(STEPS - 20).average().orElseThrow();
        assertThat(start).isLessThan(0.3 * peak);
        assertThat(end).isLessThan(0.7 * peak);
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
