package io.millrace.connectors.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.torch.SplitMix;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyedPermutationTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 16, 17, 1000, 65_536, 65_537})
    void at_takesEveryValueOnce(long size) {
        var permutation = new KeyedPermutation(size, SplitMix.of(size));

        assertThat(LongStream.range(0, size).map(permutation::at).sorted().toArray())
                .isEqualTo(LongStream.range(0, size).toArray());
    }

    /** Chi-squared of the values at one place over 6,000 keys, 99.99 % quantile for 11 degrees. */
    @ParameterizedTest
    @ValueSource(longs = {0, 5, 11})
    void at_isUniformOverKeys(long place) {
        int[] counts = new int[12];
        for (int key = 0; key < 6000; key++) {
            counts[(int) new KeyedPermutation(12, SplitMix.of(3, key)).at(place)]++;
        }

        double chi = 0;
        for (int count : counts) {
            chi += (count - 500.0) * (count - 500.0) / 500;
        }
        assertThat(chi).isLessThan(37.4);
    }

    @Test
    void at_isComputedOnItsOwn_whenThereAreMoreThanMemoryHolds() {
        var permutation = new KeyedPermutation(1L << 60, SplitMix.of(1));

        assertThat(LongStream.range(0, 1000).map(permutation::at).distinct().count())
                .isEqualTo(1000);
        assertThat(LongStream.range(0, 1000).map(permutation::at).max().orElseThrow())
                .isGreaterThan(1L << 59);
    }

    @Test
    void at_refuses_whenThePlaceIsOutside() {
        var permutation = new KeyedPermutation(3, SplitMix.of(1));

        assertThatThrownBy(() -> permutation.at(3)).hasMessage("place 3 of 3");
        assertThatThrownBy(() -> new KeyedPermutation(0, SplitMix.of(1)))
                .hasMessageContaining("expected a size of 1 to 2^62, got 0");
    }
}
