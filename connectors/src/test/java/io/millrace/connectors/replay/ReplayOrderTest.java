package io.millrace.connectors.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.replay.ReplayManifest.Range;
import io.millrace.connectors.replay.ReplayOrder.Leg;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReplayOrderTest {

    @Test
    void leg_letsPartitionsTakeTurns_whenTheyDifferInLength() {
        var manifest =
                new ReplayManifest(
                        "images",
                        List.of(new Range(2, 5, 6), new Range(0, 10, 35), new Range(1, 0, 20)),
                        2,
                        10);
        var order = new ReplayOrder(manifest);

        assertThat(LongStream.range(0, order.legs()).mapToObj(order::leg))
                .containsExactly(
                        new Leg(0, 0, 10, 20),
                        new Leg(0, 1, 0, 10),
                        new Leg(0, 2, 5, 6),
                        new Leg(0, 0, 20, 30),
                        new Leg(0, 1, 10, 20),
                        new Leg(0, 0, 30, 35),
                        new Leg(1, 0, 10, 20),
                        new Leg(1, 1, 0, 10),
                        new Leg(1, 2, 5, 6),
                        new Leg(1, 0, 20, 30),
                        new Leg(1, 1, 10, 20),
                        new Leg(1, 0, 30, 35));
        assertThat(manifest.offsets()).isEqualTo(46);
    }

    @Test
    void leg_staysInRange_whenTheBlockIsAsLargeAsCanBe() {
        var order =
                new ReplayOrder(
                        new ReplayManifest(
                                "images",
                                List.of(new Range(0, 3, 9), new Range(1, 4, 4)),
                                1,
                                Long.MAX_VALUE));

        assertThat(order.legs()).isEqualTo(1);
        assertThat(order.leg(0)).isEqualTo(new Leg(0, 0, 3, 9));
    }

    @Test
    void legs_areNone_whenTheTopicIsEmpty() {
        var manifest = new ReplayManifest("images", List.of(new Range(0, 7, 7)), 3, 256);

        assertThat(new ReplayOrder(manifest).legs()).isZero();
    }

    @Test
    void manifest_refuses_whenAPartitionComesTwice() {
        List<Range> ranges = List.of(new Range(0, 0, 1), new Range(0, 1, 2));

        assertThatThrownBy(() -> new ReplayManifest("images", ranges, 1, 256))
                .hasMessage("images-0 has more than one range");
    }

    @Test
    void serializers_returnTheSame_whenReadBack() throws Exception {
        var manifest =
                new ReplayManifest("b\u00fcro", List.of(new Range(3, 7, Long.MAX_VALUE)), 4, 64);
        var waiting =
                new WaitingSplits(
                        List.of(new ReplaySplit(manifest, 9, 11), new ReplaySplit(manifest, 0, 0)));
        var serializer = new WaitingSplitsSerializer();

        assertThat(serializer.deserialize(1, serializer.serialize(waiting))).isEqualTo(waiting);
        assertThatThrownBy(() -> serializer.deserialize(2, serializer.serialize(waiting)))
                .hasMessage("replay split of version 2, expected 1");
    }
}
