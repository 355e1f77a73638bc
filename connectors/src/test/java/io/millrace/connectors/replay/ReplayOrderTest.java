package io.millrace.connectors.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.replay.ReplayManifest.Range;
import io.millrace.connectors.replay.ReplayOrder.Block;
import io.millrace.connectors.replay.ReplayOrder.Window;
import io.millrace.connectors.replay.Shuffle.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayOrderTest {

    private static final List<Range> RANGES =
            List.of(new Range(2, 5, 6), new Range(0, 10, 35), new Range(1, 0, 20));

    @Test
    void window_letsPartitionsTakeTurns_whenNothingIsShuffled() {
        var manifest = new ReplayManifest("images", RANGES, 2, new Shuffle(Kind.NONE, 10, 5, 7));
        var order = new ReplayOrder(manifest);

        List<Block> epoch =
                List.of(
                        new Block(0, 10, 20),
                        new Block(1, 0, 10),
                        new Block(2, 5, 6),
                        new Block(0, 20, 30),
                        new Block(1, 10, 20),
                        new Block(0, 30, 35));
        List<Block> both = new ArrayList<>(epoch);
        both.addAll(epoch);
        assertThat(LongStream.range(0, order.windows()).mapToObj(order::window))
                .allSatisfy(window -> assertThat(window.slots()).isSorted())
                .flatExtracting(Window::blocks)
                .isEqualTo(both);
        assertThat(manifest.offsets()).isEqualTo(46);
    }

    /** Every offset once an epoch, in another order each epoch and for each seed. */
    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void window_permutesEachEpoch_whenShuffled(Kind kind) {
        List<Range> ranges = List.of(new Range(0, 3, 1003), new Range(1, 0, 417));
        Set<List<String>> orders = new HashSet<>();
        for (long seed = 0; seed < 3; seed++) {
            var order =
                    new ReplayOrder(
                            new ReplayManifest("images", ranges, 4, new Shuffle(kind, 8, 5, seed)));
            for (int epoch = 0; epoch < 4; epoch++) {
                List<String> offsets = offsets(order, epoch);
                assertThat(offsets).hasSize(1417).doesNotHaveDuplicates();
                assertThat(orders.add(offsets)).as("seed %d, epoch %d", seed, epoch).isTrue();
            }
        }
        // Each block is equally likely to come first or last: the mean place of one is the middle.
        assertThat(orders.stream().mapToInt(order -> order.indexOf("0:3")).average().orElseThrow())
                .isBetween(350.0, 1070.0);
    }

    @Test
    void window_holdsWholeBlocksAndMixesThem_whenTheWindowIsFull() {
        var order =
                new ReplayOrder(
                        new ReplayManifest(
                                "images",
                                List.of(new Range(0, 0, 1000)),
                                1,
                                new Shuffle(Kind.FULL_WINDOW, 10, 8, 1)));

        assertThat(order.windows()).isEqualTo(13);
        Window window = order.window(3);
        assertThat(window.blocks()).hasSize(8).doesNotHaveDuplicates();
        assertThat(window.slots()).hasSize(80).doesNotHaveDuplicates();
        int neighbours = 0;
        for (int i = 1; i < 80; i++) {
            neighbours += window.slots()[i] == window.slots()[i - 1] + 1 ? 1 : 0;
        }
        assertThat(neighbours).as("slots followed by their successor").isLessThan(6);
        assertThat(order.window(12).blocks()).hasSize(4);
    }

    @Test
    void window_staysInRange_whenTheBlockIsLargerThanTheRange() {
        var order =
                new ReplayOrder(
                        new ReplayManifest(
                                "images",
                                List.of(new Range(0, 3, 9), new Range(1, 4, 4)),
                                1,
                                new Shuffle(Kind.BLOCKS, 1 << 24, 1, 0)));

        assertThat(order.windows()).isEqualTo(1);
        assertThat(order.window(0).blocks()).containsExactly(new Block(0, 3, 9));
    }

    @Test
    void windows_areNone_whenTheTopicIsEmpty() {
        var manifest = new ReplayManifest("images", List.of(new Range(0, 7, 7)), 3, Shuffle.none());

        assertThat(new ReplayOrder(manifest).windows()).isZero();
    }

    /** The order is a promise: checkpoints and manifests of earlier versions rely on it. */
    @Test
    void window_isTheOneOfEarlierVersions() {
        var order =
                new ReplayOrder(
                        new ReplayManifest(
                                "images", RANGES, 2, new Shuffle(Kind.FULL_WINDOW, 4, 2, 42)));

        assertThat(offsets(order, 0).subList(0, 12))
                .containsExactly(
                        "2:5", "0:34", "1:2", "0:13", "0:10", "1:0", "0:12", "1:3", "0:11", "1:1",
                        "1:4", "0:15");
    }

    @Test
    void manifest_refuses_whenAPartitionComesTwice() {
        List<Range> ranges = List.of(new Range(0, 0, 1), new Range(0, 1, 2));

        assertThatThrownBy(() -> new ReplayManifest("images", ranges, 1, Shuffle.none()))
                .hasMessage("images-0 has more than one range");
    }

    @Test
    void serializers_returnTheSame_whenReadBack() throws Exception {
        var manifest =
                new ReplayManifest(
                        "b\u00fcro",
                        List.of(new Range(3, 7, Long.MAX_VALUE)),
                        4,
                        new Shuffle(Kind.FULL_WINDOW, 64, 16, -5));
        var state =
                new EnumeratorState(
                        manifest,
                        1L << 40,
                        List.of(new ReplaySplit(manifest, 9, 11), new ReplaySplit(manifest, 0, 0)));
        var serializer = new EnumeratorStateSerializer();

        assertThat(serializer.deserialize(1, serializer.serialize(state))).isEqualTo(state);
        assertThatThrownBy(() -> serializer.deserialize(2, serializer.serialize(state)))
                .hasMessage("replay split of version 2, expected 1");
    }

    /** Partition and offset, in the order of an epoch. */
    private static List<String> offsets(ReplayOrder order, int epoch) {
        List<String> offsets = new ArrayList<>();
        long first = epoch * order.windowsPerEpoch();
        for (long index = first; index < first + order.windowsPerEpoch(); index++) {
            Window window = order.window(index);
            List<String> slots = new ArrayList<>();
            for (Block block : window.blocks()) {
                LongStream.range(block.from(), block.to())
                        .forEach(offset -> slots.add(block.partition() + ":" + offset));
            }
            for (int slot : window.slots()) {
                offsets.add(slots.get(slot));
            }
            assertThat(window.epoch()).isEqualTo(epoch);
        }
        return offsets;
    }
}
