package io.millrace.connectors.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.Broker;
import io.millrace.connectors.kafka.Topics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WindowBytesTest {

    private static final Shuffle DEFAULT = new Shuffle(Shuffle.Kind.FULL_WINDOW, 64, 16, 7);

    @RegisterExtension static final Broker BROKER = new Broker();

    @Test
    void within_leavesSmallRecordsAlone() {
        assertThat(DEFAULT.within(64 << 20, 3_000)).isEqualTo(DEFAULT);
        assertThat(DEFAULT.within(64 << 20, 0)).isEqualTo(DEFAULT);
        assertThat(Shuffle.none().within(64 << 20, 100_000)).isEqualTo(Shuffle.none());
    }

    @Test
    void within_shortensBlocksFirst_andKeepsOneRecord() {
        assertThat(DEFAULT.within(64 << 20, 110_000))
                .isEqualTo(new Shuffle(Shuffle.Kind.FULL_WINDOW, 38, 16, 7));
        assertThat(DEFAULT.within(64 << 20, 3_000_000))
                .isEqualTo(new Shuffle(Shuffle.Kind.FULL_WINDOW, 1, 16, 7));
        assertThat(DEFAULT.within(64 << 20, 10_000_000))
                .isEqualTo(new Shuffle(Shuffle.Kind.FULL_WINDOW, 1, 6, 7));
        assertThat(DEFAULT.within(1, 10_000_000))
                .isEqualTo(new Shuffle(Shuffle.Kind.FULL_WINDOW, 1, 1, 7));
        assertThat(Shuffle.none().within(64 << 20, 3_000_000).block()).isEqualTo(22);
        assertThat(new Shuffle(Shuffle.Kind.BLOCKS, 64, 16, 7).within(64 << 20, 3_000_000))
                .isEqualTo(new Shuffle(Shuffle.Kind.BLOCKS, 22, 16, 7));
    }

    @Test
    void freeze_boundsTheBytesOfWindows_bySampledRecords() throws Exception {
        BROKER.create("large", 3);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            sizes.add(40_000 + 1_000 * i);
        }
        BROKER.fill("large", 0, sizes);
        BROKER.fill("large", 2, Collections.nCopies(20, 90_000));
        ReplayManifest all;
        try (Topics topics = BROKER.topics()) {
            all = ReplayManifest.freeze(topics, "large", Bounds.all(), 2, DEFAULT);
        }

        ReplayManifest bounded = all.within(1 << 20, BROKER.connection());

        // Fewer than 64 records, so all of them are in the mean, which is exactly 69,667.
        assertThat(RecordSizes.mean(BROKER.connection(), all)).isEqualTo(69_667);
        assertThat(bounded.shuffle()).isEqualTo(new Shuffle(Shuffle.Kind.FULL_WINDOW, 1, 15, 7));
        assertThat(bounded.ranges()).isEqualTo(all.ranges());
        assertThat(bounded.epochs()).isEqualTo(2);
        assertThat(all.within(1 << 20, BROKER.connection())).isEqualTo(bounded);
        assertThat(all.within(128 << 20, BROKER.connection())).isEqualTo(all);
    }

    @Test
    void mean_looksPastHoles_andIsUnknownWithoutRecords() throws Exception {
        BROKER.create("hollow", 2);
        BROKER.transact("hollow", 0, false, 0, 10);
        BROKER.transact("hollow", 0, true, 10, 20);
        BROKER.create("empty", 1);
        try (Topics topics = BROKER.topics()) {
            // Key "cam" and a value such as 0:10.
            assertThat(
                            RecordSizes.mean(
                                    BROKER.connection(), ReplayManifest.freeze(topics, "hollow")))
                    .isEqualTo(7);
            assertThat(
                            RecordSizes.mean(
                                    BROKER.connection(), ReplayManifest.freeze(topics, "empty")))
                    .isZero();
        }
    }
}
