package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.stream.DeadLetter;
import io.millrace.model.stream.Frame;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class SequencerTest {

    @Test
    void restore_continuesEachLearnersNumbers() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var harness = harness()) {
            harness.open();
            harness.processElement(frame("a"), 0);
            harness.processElement(frame("a"), 0);
            harness.processElement(frame("b"), 0);
            checkpoint = harness.snapshot(1, 1);
        }

        try (var restored = harness()) {
            restored.initializeState(checkpoint);
            restored.open();
            restored.processElement(frame("b"), 0);
            restored.processElement(frame("a"), 0);
            restored.processElement(frame("c"), 0);

            assertThat(restored.extractOutputValues())
                    .extracting(Frame::sequence)
                    .containsExactly(1L, 2L, 0L);
        }
    }

    @Test
    void processElement_rejectsFramesOfOtherLearners_withoutNumberingThem() throws Exception {
        try (var harness = harness()) {
            harness.open();
            harness.processElement(frame("a"), 0);
            harness.processElement(frame("d"), 0);
            harness.processElement(frame("a"), 0);

            assertThat(harness.extractOutputValues())
                    .extracting(Frame::sequence)
                    .containsExactly(0L, 1L);
            assertThat(harness.getSideOutput(Sequencer.REJECTED))
                    .singleElement()
                    .satisfies(
                            record -> {
                                DeadLetter letter = record.getValue();
                                assertThat(letter.reason()).isEqualTo("UNKNOWN_LEARNER");
                                assertThat(letter.detail())
                                        .isEqualTo("expected a learner of [a, b, c], got \"d\"");
                                assertThat(letter.frame().sequence()).isEqualTo(Frame.UNNUMBERED);
                            });
        }
    }

    /** Two readers, the one with window 1 being the faster; a restart while it is held back. */
    @Test
    void processElement_ordersWindows_whenTheyComeEarly() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var harness = harness()) {
            harness.open();
            feed(
                    harness,
                    inWindow(1, 10),
                    inWindow(0, 0),
                    inWindow(1, 11),
                    end(1),
                    inWindow(2, 20));
            checkpoint = harness.snapshot(1, 1);
            assertThat(offsets(harness)).containsExactly(0L);
        }

        try (var restored = harness()) {
            restored.initializeState(checkpoint);
            restored.open();
            feed(restored, inWindow(0, 1), inWindow(2, 21), end(0), end(0), inWindow(2, 22));

            assertThat(offsets(restored)).containsExactly(1L, 10L, 11L, 20L, 21L, 22L);
            assertThat(restored.extractOutputValues())
                    .extracting(Frame::sequence)
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        }
    }

    @Test
    void processElement_fails_whenAWindowThatHasEndedGoesOn() throws Exception {
        try (var harness = harness()) {
            harness.open();
            feed(harness, inWindow(0, 0), end(0));

            assertThatThrownBy(() -> feed(harness, inWindow(0, 7)))
                    .hasMessage(
                            "images-0@7 belongs to window 0 of the replay, which has ended;"
                                    + " expected window 1 or later");
        }
    }

    private static Frame inWindow(long window, long offset) {
        return new Frame(
                Fixtures.position(offset), window, 0, "a", "", null, new byte[] {(byte) offset});
    }

    private static Frame end(long window) {
        return Frame.endOfWindow("images", window);
    }

    private static void feed(
            OneInputStreamOperatorTestHarness<Frame, Frame> harness, Frame... frames)
            throws Exception {
        for (Frame frame : frames) {
            harness.processElement(frame, 0);
        }
    }

    private static List<Long> offsets(OneInputStreamOperatorTestHarness<Frame, Frame> harness) {
        return harness.extractOutputValues().stream().map(f -> f.position().offset()).toList();
    }

    private static Frame frame(String learner) {
        return new Frame(Fixtures.position(0), Frame.UNNUMBERED, 0, learner, "", null, new byte[0]);
    }

    private static OneInputStreamOperatorTestHarness<Frame, Frame> harness() throws Exception {
        return new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(new Sequencer(List.of("a", "b", "c"))));
    }
}
