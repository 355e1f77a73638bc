package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.OffsetRange;
import io.millrace.model.stream.Position;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class TrainOperatorTest {

    private static final int STEPS = 5;
    private static final long BATCH = Fixtures.BATCH;

    @Test
    void processElement_trainsOneStepPerBatch_andReportsWhatItConsumed() throws Exception {
        try (var harness = harness(Fixtures.trainSettings(2))) {
            harness.open();
            feed(harness, sequence(0, STEPS * Fixtures.BATCH));

            List<StepReport> reports = harness.extractOutputValues();
            assertThat(reports).extracting(r -> r.progress().step()).containsExactly(2L, 4L);
            assertThat(reports).allSatisfy(r -> assertThat(r.loss()).isBetween(0.0, 20.0));
            assertThat(reports)
                    .extracting(r -> r.matching().positiveSimilarity())
                    .allSatisfy(cosine -> assertThat(cosine).isBetween(-1.001, 1.001));
            assertThat(reports.get(1).progress().images()).isEqualTo(4L * Fixtures.BATCH);
            assertThat(reports.get(1).progress().consumed())
                    .containsExactly(
                            new OffsetRange(
                                    "images",
                                    0,
                                    0,
                                    0,
                                    4L * Fixtures.BATCH,
                                    4L * Fixtures.BATCH,
                                    0));
            assertThat(reports.get(0).queueFill()).isEqualTo(0.8);
            assertThat(reports.get(1).queueFill()).isEqualTo(1.0);
        }
    }

    @Test
    void training_isTheSame_whenPairsArriveInAnotherOrder() throws Exception {
        List<ViewPair> shuffled = new ArrayList<>(sequence(0, STEPS * Fixtures.BATCH));
        Collections.shuffle(shuffled, new Random(5));

        byte[] ordered = finalWeights(sequence(0, STEPS * Fixtures.BATCH));
        assertThat(Arrays.equals(finalWeights(shuffled), ordered)).isTrue();
    }

    @Test
    void restore_continuesToTheBit_fromThePartialBatchOn() throws Exception {
        byte[] undisturbed = finalWeights(sequence(0, STEPS * Fixtures.BATCH));
        int cut = 3 * Fixtures.BATCH + 5;
        OperatorSubtaskState checkpoint;
        try (var harness = harness(Fixtures.trainSettings(2))) {
            harness.open();
            feed(harness, sequence(0, Fixtures.BATCH));
            harness.snapshot(1, 1);
            feed(harness, sequence(Fixtures.BATCH, cut));
            checkpoint = harness.snapshot(2, 2);
            feed(harness, sequence(cut, cut + 9));
        }

        try (var restored = harness(Fixtures.trainSettings(2))) {
            restored.initializeState(checkpoint);
            restored.open();
            feed(restored, sequence(cut, STEPS * Fixtures.BATCH));
            restored.endInput();

            EncoderSnapshot last = last(restored);
            assertThat(last.progress().step()).isEqualTo(STEPS);
            assertThat(last.progress().consumed())
                    .containsExactly(
                            new OffsetRange("images", 0, 0, 0, STEPS * BATCH, STEPS * BATCH, 0));
            assertThat(Arrays.equals(last.weights(), undisturbed)).isTrue();
        }
    }

    @Test
    void report_failsForGood_whenTheLossIsNotANumber() throws Exception {
        try (var harness = harness(Fixtures.trainSettings(1, Fixtures.QUEUE, 8, 1e30))) {
            harness.open();

            assertThatThrownBy(() -> feed(harness, sequence(0, STEPS * Fixtures.BATCH)))
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageMatching(
                            "learner default, step \\d, learning rate 1.0E30: the loss is NaN. The last good checkpoint does not exist, and nothing was published after it. Start a new run with a smaller optimizer.learning-rate or a larger contrast.temperature");
        }
    }

    @Test
    void snapshot_failsForGood_whenAWeightIsNotFinite() throws Exception {
        try (var harness = harness(Fixtures.trainSettings(100, Fixtures.QUEUE, 8, 1e30))) {
            harness.open();
            feed(harness, sequence(0, STEPS * Fixtures.BATCH));

            assertThatThrownBy(() -> harness.prepareSnapshotPreBarrier(1))
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageStartingWith(
                            "learner default, step 5, learning rate 1.0E30: conv1.weight of the encoder")
                    .hasMessageContaining("smaller optimizer.learning-rate");
            assertThat(harness.getSideOutput(TrainOperator.SNAPSHOTS)).isNullOrEmpty();
        }
    }

    @Test
    void report_hasTheRangesOfTheNewestEpochOnly() throws Exception {
        try (var harness = harness(Fixtures.trainSettings(1))) {
            harness.open();
            feed(harness, sequence(0, Fixtures.BATCH));
            for (long i = 0; i < Fixtures.BATCH; i++) {
                harness.processElement(again(i), 0);
            }
            harness.endInput();

            assertThat(harness.extractOutputValues().get(1).progress().consumed())
                    .containsExactly(new OffsetRange("images", 0, 1, 0, BATCH, BATCH, 0));
            assertThat(last(harness).progress().consumed()).hasSize(2);
        }
    }

    @Test
    void tombstones_areCountedAndPassedOver() throws Exception {
        List<ViewPair> pairs = new ArrayList<>(sequence(0, 2 * Fixtures.BATCH + 2));
        pairs.set(3, Fixtures.tombstone(3));
        pairs.set(9, Fixtures.tombstone(9));

        try (var harness = harness(Fixtures.trainSettings(1))) {
            harness.open();
            feed(harness, pairs);
            Fixtures.awaitSteps(harness, 2);

            StepReport last = harness.extractOutputValues().get(1);
            assertThat(last.progress().step()).isEqualTo(2);
            assertThat(last.progress().rejected()).isEqualTo(2);
            assertThat(last.progress().images()).isEqualTo(2L * Fixtures.BATCH);
            assertThat(last.progress().consumed())
                    .containsExactly(
                            new OffsetRange("images", 0, 0, 0, 2 * BATCH + 2, 2 * BATCH, 2));
        }
    }

    @Test
    void endInput_countsTheTombstonesBehindTheLastWholeBatch() throws Exception {
        List<ViewPair> pairs = new ArrayList<>(sequence(0, Fixtures.BATCH + 3));
        pairs.add(Fixtures.tombstone(Fixtures.BATCH + 3));

        try (var harness = harness(Fixtures.trainSettings(1))) {
            harness.open();
            feed(harness, pairs);
            harness.endInput();

            EncoderSnapshot last = last(harness);
            assertThat(last.progress().step()).isEqualTo(1);
            assertThat(last.progress().rejected()).isEqualTo(1);
            assertThat(last.progress().consumed())
                    .containsExactly(new OffsetRange("images", 0, 0, 0, BATCH, BATCH, 0));
            assertThat(last.progress().dropped())
                    .containsExactly(new OffsetRange("images", 0, 0, BATCH, BATCH + 4, 3, 1));
        }
    }

    @Test
    void features_areThoseOfLabelledRecords_ofBothEncoders() throws Exception {
        try (var harness = harness(Fixtures.trainSettings(1))) {
            harness.open();
            feed(harness, sequence(0, Fixtures.BATCH));
            Fixtures.awaitSteps(harness, 1);

            List<FeatureBatch> features = new ArrayList<>();
            for (StreamRecord<FeatureBatch> record :
                    harness.getSideOutput(TrainOperator.FEATURES)) {
                features.add(record.getValue());
            }
            assertThat(features)
                    .extracting(FeatureBatch::encoder)
                    .containsExactly(FeatureBatch.Encoder.TRAINED, FeatureBatch.Encoder.UNTRAINED);
            assertThat(features.get(0).labels())
                    .containsExactly("class-1", "class-0", "class-0", "class-1", "class-1");
            // Before the first update both encoders are the same.
            assertThat(features.get(0).values()).isEqualTo(features.get(1).values());
        }
    }

    @Test
    void prepareSnapshotPreBarrier_publishesOnlyWhatIsNew() throws Exception {
        try (var harness = harness(Fixtures.trainSettings(1))) {
            harness.open();
            feed(harness, sequence(0, Fixtures.BATCH));
            harness.prepareSnapshotPreBarrier(1);
            harness.prepareSnapshotPreBarrier(2);
            feed(harness, sequence(Fixtures.BATCH, 2 * Fixtures.BATCH));
            harness.prepareSnapshotPreBarrier(3);

            assertThat(Snapshots.all(harness))
                    .extracting(snapshot -> snapshot.progress().step())
                    .containsExactly(1L, 2L);
        }
    }

    /** The pair of a record in the second epoch. */
    private static ViewPair again(long offset) {
        ViewPair first = Fixtures.pair(offset);
        return new ViewPair(
                new Position("images", 0, offset, 1),
                Fixtures.BATCH + offset,
                first.learner(),
                first.label(),
                first.views());
    }

    private static byte[] finalWeights(List<ViewPair> pairs) throws Exception {
        try (var harness = harness(Fixtures.trainSettings(2))) {
            harness.open();
            feed(harness, pairs);
            harness.endInput();
            return last(harness).weights();
        }
    }

    private static EncoderSnapshot last(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness) {
        EncoderSnapshot last = Snapshots.last(harness);
        assertThat(last.completed()).isTrue();
        return last;
    }

    private static void feed(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness,
            List<ViewPair> pairs)
            throws Exception {
        for (ViewPair pair : pairs) {
            harness.processElement(pair, 0);
        }
    }

    private static List<ViewPair> sequence(long from, long to) {
        return LongStream.range(from, to).mapToObj(Fixtures::pair).toList();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness(
            TrainSettings settings) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new TrainOperator(settings), ViewPair::learner, Types.STRING);
    }
}
