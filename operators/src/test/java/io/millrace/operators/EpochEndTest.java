package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.Position;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Two epochs of two and a half batches each. */
class EpochEndTest {

    private static final int RECORDS = 2 * Fixtures.BATCH + Fixtures.BATCH / 2;

    @Test
    void batches_runAcrossEpochs_unlessTold() throws Exception {
        EncoderSnapshot last = train(false, RECORDS);

        assertThat(last.progress().step()).isEqualTo(5);
        assertThat(last.progress().images()).isEqualTo(2L * RECORDS);
    }

    /** The cut lies within what the first epoch drops, or within a batch. */
    @Test
    void restOfAnEpoch_isDropped_whenTold() throws Exception {
        EncoderSnapshot whole = train(true, RECORDS);

        assertThat(whole.progress().step()).isEqualTo(4);
        assertThat(whole.progress().images()).isEqualTo(4L * Fixtures.BATCH);
        assertThat(train(true, RECORDS - 1).weights()).isEqualTo(whole.weights());
        assertThat(train(true, RECORDS + 3).weights()).isEqualTo(whole.weights());
        assertThat(train(false, RECORDS).weights()).isNotEqualTo(whole.weights());
    }

    /**
     * With several augmenters pairs of the next epoch come before those that make the last whole
     * batch of this one; which batches there are must not depend on it.
     */
    @Test
    void restOfAnEpoch_isTheSame_whicheverPairsComeFirst() throws Exception {
        EncoderSnapshot whole = train(true, RECORDS);
        int early = RECORDS / Fixtures.BATCH * Fixtures.BATCH - 1;
        try (var harness = harness(true)) {
            harness.open();
            feed(harness, 0, early);
            feed(harness, early + 1, RECORDS + 3);
            feed(harness, early, early + 1);
            feed(harness, RECORDS + 3, 2 * RECORDS);
            harness.endInput();

            assertThat(Snapshots.last(harness).progress().step()).isEqualTo(4);
            assertThat(Snapshots.last(harness).weights()).isEqualTo(whole.weights());
        }
    }

    /** Trains, with a restart from a checkpoint after {@code cut} pairs. */
    private static EncoderSnapshot train(boolean dropLast, int cut) throws Exception {
        OperatorSubtaskState checkpoint;
        try (var harness = harness(dropLast)) {
            harness.open();
            feed(harness, 0, cut);
            checkpoint = harness.snapshot(1, 1);
        }
        try (var harness = harness(dropLast)) {
            harness.initializeState(checkpoint);
            harness.open();
            feed(harness, cut, 2 * RECORDS);
            harness.endInput();
            return Snapshots.last(harness);
        }
    }

    private static void feed(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness,
            int from,
            int to)
            throws Exception {
        for (int sequence = from; sequence < to; sequence++) {
            ViewPair pair = Fixtures.pair(sequence);
            var position = new Position("images", 0, sequence % RECORDS, sequence / RECORDS);
            harness.processElement(
                    new ViewPair(position, sequence, pair.learner(), pair.label(), pair.views()),
                    0);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness(
            boolean dropLast) throws Exception {
        TrainSettings plain = Fixtures.trainSettings(2);
        var settings =
                new TrainSettings(
                        plain.moco(),
                        plain.initial(),
                        plain.threads(),
                        plain.probe(),
                        plain.reportEverySteps(),
                        dropLast,
                        0);
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new TrainOperator(settings), ViewPair::learner, Types.STRING);
    }
}
