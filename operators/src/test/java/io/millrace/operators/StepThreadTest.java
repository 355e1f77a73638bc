package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class StepThreadTest {

    @Test
    void step_isUnderWay_whileTheNextBatchArrives() throws Exception {
        try (var harness = harness()) {
            harness.open();
            feed(harness, 0, 2 * Fixtures.BATCH - 1);
            // Its outcome waits in the mailbox, however long ago the step was done.
            assertThat(harness.extractOutputValues()).isEmpty();

            feed(harness, 2 * Fixtures.BATCH - 1, 2 * Fixtures.BATCH);
            assertThat(steps(harness)).containsExactly(1L);
            harness.prepareSnapshotPreBarrier(1);
            assertThat(steps(harness)).containsExactly(1L, 2L);
            Fixtures.awaitSteps(harness, 2);
            assertThat(steps(harness)).containsExactly(1L, 2L);
        }
    }

    @Test
    void step_isFinishedWithoutAnotherRecord() throws Exception {
        try (var harness = harness()) {
            harness.open();
            feed(harness, 0, Fixtures.BATCH);
            Fixtures.awaitSteps(harness, 1);
            assertThat(steps(harness)).containsExactly(1L);
        }
    }

    @Test
    void step_thatFails_failsTheTask() throws Exception {
        try (var harness = harness()) {
            harness.open();
            feed(harness, 0, Fixtures.BATCH);
            harness.prepareSnapshotPreBarrier(1);
            harness.getOperator().close(); // frees the tensors
            assertThatThrownBy(
                            () -> {
                                feed(harness, Fixtures.BATCH, 2 * Fixtures.BATCH);
                                harness.prepareSnapshotPreBarrier(2);
                            })
                    .isInstanceOf(RuntimeException.class);
        }
    }

    private static List<Long> steps(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness) {
        return harness.extractOutputValues().stream()
                .map(report -> report.progress().step())
                .toList();
    }

    private static void feed(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness,
            long from,
            long to)
            throws Exception {
        for (long sequence = from; sequence < to; sequence++) {
            harness.processElement(Fixtures.pair(sequence), 0);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness()
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new TrainOperator(Fixtures.trainSettings(1)), ViewPair::learner, Types.STRING);
    }
}
