package io.millrace.connectors.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.Broker;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.Bounds.Place;
import io.millrace.connectors.replay.ReplayManifest.Range;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundsTest {

    @RegisterExtension static final Broker BROKER = new Broker();

    private static Instant between;

    @BeforeAll
    static void fillTwice() throws Exception {
        BROKER.create("bounds", 2);
        BROKER.fill("bounds", 0, 0, 5);
        BROKER.fill("bounds", 1, 0, 3);
        Thread.sleep(20);
        between = Instant.now();
        Thread.sleep(20);
        BROKER.fill("bounds", 0, 5, 9);
    }

    @Test
    void freeze_takesAll_unlessTold() {
        assertThat(freeze("earliest", "latest"))
                .containsExactly(new Range(0, 0, 9), new Range(1, 0, 3));
    }

    @Test
    void freeze_takesTimes() {
        assertThat(freeze("earliest", between.toString()))
                .containsExactly(new Range(0, 0, 5), new Range(1, 0, 3));
        assertThat(freeze(between.toString(), "latest"))
                .containsExactly(new Range(0, 5, 9), new Range(1, 3, 3));
    }

    @Test
    void freeze_takesOffsets() {
        assertThat(freeze("1:1,0:2", "0:8,1:3"))
                .containsExactly(new Range(0, 2, 8), new Range(1, 1, 3));
    }

    @Test
    void freeze_refuses_whenTheTopicDoesNotHaveThem() {
        assertThatThrownBy(() -> freeze("0:2", "latest"))
                .hasMessage("bounds: offsets 0:2; expected one for each of the partitions [0, 1]");
        assertThatThrownBy(() -> freeze("0:2,1:0", "0:10,1:3"))
                .hasMessage("bounds-0: offset 10; the topic holds 0 to 9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "early", "0", "0:", "0:1,", "0:1;1:2", "2026-01-31"})
    void parse_saysWhatIsExpected(String text) {
        assertThatThrownBy(() -> Place.parse(text))
                .hasMessageContaining("expected earliest, latest, a time such as");
    }

    private static List<Range> freeze(String from, String to) {
        try (Topics topics = BROKER.topics()) {
            var bounds = new Bounds(Place.parse(from), Place.parse(to));
            return ReplayManifest.freeze(topics, "bounds", bounds, 1, Shuffle.none()).ranges();
        }
    }
}
