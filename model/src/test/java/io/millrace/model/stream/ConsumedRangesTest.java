package io.millrace.model.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConsumedRangesTest {

    @Test
    void ranges_coverEachPartitionAndEpoch_inOrder() {
        var consumed = new ConsumedRanges(List.of(new OffsetRange("images", 1, 0, 5, 8)));

        consumed.add(new Position("images", 0, 40, 1));
        consumed.add(new Position("images", 1, 9, 0));
        consumed.add(new Position("images", 0, 42, 1));

        assertThat(consumed.ranges())
                .containsExactly(
                        new OffsetRange("images", 1, 0, 5, 10),
                        new OffsetRange("images", 0, 1, 40, 43));
        assertThat(consumed.newestEpoch()).containsExactly(new OffsetRange("images", 0, 1, 40, 43));
    }
}
