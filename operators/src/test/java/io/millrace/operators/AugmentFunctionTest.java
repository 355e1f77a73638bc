package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.image.ImageLimits;
import io.millrace.model.reference.ReferenceRules;
import io.millrace.model.stream.DeadLetter;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.ViewPair;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class AugmentFunctionTest {

    private static final byte[] GOOD = Fixtures.png(16, 16, 3);
    private static final byte[] BAD = "not an image".getBytes(StandardCharsets.UTF_8);

    @Test
    void processElement_drawsTwoDifferentViews_thatFollowFromThePosition() throws Exception {
        Frame frame = Fixtures.frame(7, Fixtures.png(40, 30, 1));

        ViewPair first = augment(List.of(frame)).get(0);
        ViewPair again = augment(List.of(Fixtures.frame(6, Fixtures.png(9, 9, 2)), frame)).get(1);

        assertThat(first.views()).hasSize(2 * Fixtures.SIDE * Fixtures.SIDE * 3);
        int view = first.viewBytes();
        assertThat(Arrays.copyOf(first.views(), view))
                .isNotEqualTo(Arrays.copyOfRange(first.views(), view, 2 * view));
        assertThat(again.views()).isEqualTo(first.views());
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

    @Test
    void processElement_setsAReferenceAsideAsItCame_whenNoneIsAllowed() throws Exception {
        byte[] value =
                ("{\"uri\": \"file:///etc/hostname\", \"length\": 9, \"sha256\": \""
                                + "0".repeat(64)
                                + "\"}")
                        .getBytes(StandardCharsets.UTF_8);
        try (var harness = harness()) {
            harness.open();
            harness.processElement(Fixtures.frame(0, value), 0);

            DeadLetter letter =
                    harness.getSideOutput(AugmentFunction.REJECTED).iterator().next().getValue();
            assertThat(letter.reason()).isEqualTo("REFERENCE_NOT_ALLOWED");
            assertThat(letter.detail()).contains("file:///etc/hostname", "image.reference.allow");
            assertThat(letter.frame().bytes()).isEqualTo(value);
            assertThat(harness.extractOutputValues()).allMatch(ViewPair::isTombstone).hasSize(1);
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

    @Test
    void processElement_failsForGood_whenTooManyOfTheLastRecordsAreBad() throws Exception {
        try (var harness = harness(new RejectionLimit(0.5, 4))) {
            harness.open();
            for (int i = 0; i < 8; i++) {
                harness.processElement(Fixtures.frame(i, i % 2 == 0 ? GOOD : BAD), 0);
            }
            harness.processElement(Fixtures.frame(8, GOOD), 0);
            harness.processElement(Fixtures.frame(9, BAD), 0);

            assertThatThrownBy(() -> harness.processElement(Fixtures.frame(10, BAD), 0))
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageContaining("3 of the last 4 records")
                    .hasMessageContaining("NOT_AN_IMAGE")
                    .hasMessageContaining("source.max-rejected-share");
        }
    }

    @Test
    void processElement_goesOn_whenEverythingIsBadAndNothingIsLimited() throws Exception {
        try (var harness = harness()) {
            harness.open();
            for (int i = 0; i < 1000; i++) {
                harness.processElement(Fixtures.frame(i, BAD), 0);
            }

            assertThat(harness.extractOutputValues()).allMatch(ViewPair::isTombstone).hasSize(1000);
            assertThat(harness.getSideOutput(AugmentFunction.REJECTED)).hasSize(1000);
        }
    }

    private static OneInputStreamOperatorTestHarness<Frame, ViewPair> harness() throws Exception {
        return harness(RejectionLimit.NONE);
    }

    private static OneInputStreamOperatorTestHarness<Frame, ViewPair> harness(RejectionLimit limit)
            throws Exception {
        var augment =
                new AugmentFunction(
                        Fixtures.RECIPE, ImageLimits.DEFAULT, ReferenceRules.NONE, 3, limit);
        return new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(augment));
    }
}
