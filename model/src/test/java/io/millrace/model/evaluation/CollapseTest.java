package io.millrace.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.torch.TestTorch;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CollapseTest {

    @Test
    void of_isZeroAndOne_whenAllImagesLookTheSame() {
        float[] values = new float[20 * 6];
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 + i % 6;
        }

        Collapse collapse = Collapse.of(TestTorch.CPU, values, 6);

        assertThat(collapse.deviation()).isCloseTo(0, within(1e-6));
        assertThat(collapse.rankMe()).isCloseTo(1, within(1e-3));
        assertThat(collapse.rows()).isEqualTo(20);
    }

    @Test
    void of_isTheWidth_whenFeaturesSpreadEvenly() {
        int width = 8;
        float[] values = new float[4000 * width];
        var random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }

        Collapse collapse = Collapse.of(TestTorch.CPU, values, width);

        assertThat(collapse.deviation()).isCloseTo(1 / Math.sqrt(width), within(0.005));
        assertThat(collapse.rankMe()).isBetween(width - 0.05, width + 0.01);
    }

    /** Singular values 3 and 1: shares 3/4 and 1/4. */
    @Test
    void rankMe_isExpOfTheEntropyOfTheSingularValues() {
        double entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));

        Collapse collapse = Collapse.of(TestTorch.CPU, new float[] {3, 0, 0, 1}, 2);

        assertThat(collapse.rankMe()).isCloseTo(Math.exp(entropy), within(1e-5));
    }

    @Test
    void of_isFinite_whenAllFeaturesAreZero() {
        Collapse collapse = Collapse.of(TestTorch.CPU, new float[12], 3);

        assertThat(collapse.deviation()).isZero();
        assertThat(collapse.rankMe()).isCloseTo(1, within(1e-3));
    }

    @Test
    void of_saysWhatItGot_whenRowsAreNotWhole() {
        float[] values = new float[7];
        Arrays.fill(values, 1);

        assertThatThrownBy(() -> Collapse.of(TestTorch.CPU, values, 3))
                .hasMessage("expected rows of 3 features, got 7 values");
    }
}
