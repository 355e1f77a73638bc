package io.millrace.model.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConsumedRangesTest {

    @Test
    void ranges_coverEachPartitionAndEpoch_inOrder() {
        var consumed = new ConsumedRanges(List.of(new OffsetRange("images", 1, 0, 5, 8, 2, 1)));

        consumed.add(pair(0, 40, 1, 12));
        consumed.add(pair(1, 9, 0, 0));
        consumed.add(pair(0, 42, 1, 12));

        assertThat(consumed.ranges())
                .containsExactly(
                        new OffsetRange("images", 1, 0, 5, 10, 2, 2),
                        new OffsetRange("images", 0, 1, 40, 43, 2, 0));
        assertThat(consumed.newestEpoch())
                .containsExactly(new OffsetRange("images", 0, 1, 40, 43, 2, 0));
    }

    /** A tombstone if it has no bytes. */
    private static ViewPair pair(int partition, long offset, int epoch, int bytes) {
        var position = new Position("images", partition, offset, epoch);
        return new ViewPair(position, 0, "default", null, new byte[2 * bytes]);
    }
}
