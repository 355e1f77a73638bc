package io.millrace.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.encoder.Layout.Entry;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitializationTest {

    private static final Layout LAYOUT =
            Layout.of(
                    new Architecture(
                            Architecture.Block.BASIC, Architecture.Stem.CIFAR, 16, List.of(1, 1)),
                    new Head(Head.Kind.MLP, 128));

    @Test
    void parameters_areDistributedAsTorchvisions() {
        FloatBuffer values = Initialization.parameters(LAYOUT, 5).asFloatBuffer();
        for (Entry entry : LAYOUT.parameters()) {
            double expected =
                    switch (entry.kind()) {
                        // Variance 2 / fan-out.
                        case CONVOLUTION_WEIGHT ->
                                Math.sqrt(2.0 * entry.shape().get(1) / (double) entry.size());
                        // Uniform in +-1/sqrt(fan-in), here 32: a deviation of bound / sqrt(3).
                        case LINEAR_WEIGHT, LINEAR_BIAS -> 1 / Math.sqrt(32 * 3.0);
                        case NORM_WEIGHT -> 1;
                        default -> 0;
                    };
            double relative = 4 / Math.sqrt((double) entry.size());
            assertThat(rootMeanSquare(values, entry))
                    .as(entry.name())
                    .isCloseTo(expected, within(expected * relative));
        }
    }

    @Test
    void parameters_dependOnTheSeedAlone() {
        assertThat(Initialization.parameters(LAYOUT, 5))
                .isEqualTo(Initialization.parameters(LAYOUT, 5))
                .isNotEqualTo(Initialization.parameters(LAYOUT, 6));
    }

    private static double rootMeanSquare(FloatBuffer values, Entry entry) {
        double squares = 0;
        int end = (int) (entry.offset() + entry.size());
        for (int i = (int) entry.offset(); i < end; i++) {
            squares += (double) values.get(i) * values.get(i);
        }
        return Math.sqrt(squares / (double) entry.size());
    }
}
