package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.image.ImageLimits;
import io.millrace.model.stream.DeadLetter;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.ViewPair;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class AugmentFunctionTest {

    @Test
    void processElement_drawsTwoDifferentViews_thatFollowFromThePosition() throws Exception {
        Frame frame = Fixtures.frame(7, Fixtures.png(40, 30, 1));

        ViewPair first = augment(List.of(frame)).get(0);
        ViewPair again = augment(List.of(Fixtures.frame(6, Fixtures.png(9, 9, 2)), frame)).get(1);

        assertThat(first.query()).hasSize(Fixtures.SIDE * Fixtures.SIDE * 3);
        assertThat(first.query()).isNotEqualTo(first.key());
        assertThat(again.query()).isEqualTo(first.query());
        assertThat(again.key()).isEqualTo(first.key());
        assertThat(again.sequence()).isEqualTo(7);
    }

    @Test
    void processElement_leavesATombstoneAndADeadLetter_whenBytesAreNoImage() throws Exception {
        Frame good = Fixtures.frame(0, Fixtures.png(16, 16, 3));
        Frame bad = Fixtures.frame(1, "not an image".getBytes(StandardCharsets.UTF_8));
        Frame next = Fixtures.frame(2, Fixtures.png(16, 16, 4));

        try (var harness = harness()) {
            harness.open();
            for (Frame frame : List.of(good, bad, next)) {
                harness.processElement(frame, 0);
            }

            assertThat(harness.extractOutputValues())
                    .extracting(ViewPair::isTombstone)
                    .containsExactly(false, true, false);
            assertThat(harness.getSideOutput(AugmentFunction.REJECTED)).hasSize(1);
            DeadLetter letter =
                    harness.getSideOutput(AugmentFunction.REJECTED).iterator().next().getValue();
            assertThat(letter.frame().position()).isEqualTo(bad.position());
            assertThat(letter.frame().bytes()).isEqualTo(bad.bytes());
            assertThat(letter.reason()).isEqualTo("NOT_AN_IMAGE");
        }
    }

    private static List<ViewPair> augment(List<Frame> frames) throws Exception {
        try (var harness = harness()) {
            harness.open();
            for (Frame frame : frames) {
                harness.processElement(frame, 0);
            }
            return harness.extractOutputValues();
        }
    }

    private static OneInputStreamOperatorTestHarness<Frame, ViewPair> harness() throws Exception {
        var augment = new AugmentFunction(Fixtures.RECIPE, ImageLimits.DEFAULT, 3);
        return new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(augment));
    }
}
