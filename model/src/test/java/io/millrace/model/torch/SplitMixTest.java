package io.millrace.model.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SplitMixTest {

    @Test
    void gaussian_hasMeanZeroAndVarianceOne() {
        SplitMix random = SplitMix.of(3, 4);
        double[] values = LongStream.range(0, 20_000).mapToDouble(random::gaussian).toArray();

        assertThat(Arrays.stream(values).average().orElseThrow()).isCloseTo(0, within(0.03));
        assertThat(Arrays.stream(values).map(v -> v * v).average().orElseThrow())
                .isCloseTo(1, within(0.04));
    }

    @Test
    void permutation_holdsEveryRowOnce_andDependsOnItsPath() {
        int[] order = SplitMix.of(3, 4).permutation(100);

        assertThat(order).containsExactlyInAnyOrder(IntStream.range(0, 100).toArray());
        assertThat(order)
                .isEqualTo(SplitMix.of(3, 4).permutation(100))
                .isNotEqualTo(SplitMix.of(3, 5).permutation(100))
                .isNotEqualTo(SplitMix.of(4, 4).permutation(100));
    }
}
