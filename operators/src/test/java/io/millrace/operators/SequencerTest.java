package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static Frame frame(String learner) {
        return new Frame(Fixtures.position(0), Frame.UNNUMBERED, 0, learner, "", null, new byte[0]);
    }

    private static OneInputStreamOperatorTestHarness<Frame, Frame> harness() throws Exception {
        return new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(new Sequencer(List.of("a", "b", "c"))));
    }
}
