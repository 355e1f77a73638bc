package io.millrace.model.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.torch.SplitMix;
import io.millrace.model.torch.TestTorch;
import java.util.List;
import org.junit.jupiter.api.Test;

class LarsTest {

    private static final double DECAY = 0.3;
    private static final Layout LAYOUT =
            Layout.of(
                    new Architecture(
                            Architecture.Block.BASIC, Architecture.Stem.CIFAR, 4, List.of(1)),
                    new Head(Head.Kind.MLP, 3));

    private final int size = (int) Layout.size(LAYOUT.parameters());
    private final float[] parameters = random(1);
    private final float[] gradient = random(2);

    @Test
    void adapt_bringsEachLayersGradientToAThousandthOfItsWeights() {
        float[] adapted = adapt();

        for (Entry entry : LAYOUT.parameters()) {
            int from = (int) entry.offset();
            int to = from + (int) entry.size();
            double ofParameters = 0;
            double ofGradient = 0;
            for (int i = from; i < to; i++) {
                ofParameters += Math.pow(parameters[i], 2);
                ofGradient += Math.pow(gradient[i] + DECAY * parameters[i], 2);
            }
            double ratio = 0.001 * Math.sqrt(ofParameters / ofGradient);
            boolean layer = entry.shape().size() > 1;
            for (int i = from; i < to; i++) {
                double expected =
                        layer ? ratio * (gradient[i] + DECAY * parameters[i]) : gradient[i];
                assertThat((double) adapted[i])
                        .as(entry.name())
                        .isCloseTo(expected, within(1e-5 * Math.abs(expected) + 1e-9));
            }
        }
    }

    @Test
    void adapt_onlyAddsTheDecay_whenALayersWeightsAreZero() {
        Entry first = LAYOUT.parameters().get(0);
        for (int i = 0; i < first.size(); i++) {
            parameters[i] = 0;
        }

        float[] adapted = adapt();

        for (int i = 0; i < first.size(); i++) {
            assertThat(adapted[i]).isEqualTo(gradient[i]);
        }
    }

    private float[] adapt() {
        try (NDManager step = TestTorch.CPU.newManager()) {
            NDArray g = step.create(gradient);
            new Lars(LAYOUT, DECAY).adapt(g, step.create(parameters));
            return g.toFloatArray();
        }
    }

    private float[] random(long seed) {
        SplitMix random = SplitMix.of(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.gaussian(i);
        }
        return values;
    }
}
