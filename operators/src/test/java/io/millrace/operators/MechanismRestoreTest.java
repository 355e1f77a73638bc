package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.encoder.Head;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.Contrast.MomentumCourse;
import io.millrace.model.moco.EncoderSettings;
import io.millrace.model.moco.Mechanism;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshot, restore, continue: the operator with every mechanism. */
class MechanismRestoreTest {

    private static final long END = 5L * Fixtures.BATCH;

    @ParameterizedTest
    @EnumSource
    void restore_continuesToTheBit(Mechanism mechanism) throws Exception {
        TrainSettings settings = settings(mechanism);
        byte[] undisturbed;
        try (var harness = harness(settings)) {
            harness.open();
            feed(harness, 0, END);
            undisturbed = weightsAtEnd(harness);
        }
        long cut = 3L * Fixtures.BATCH + 5;
        OperatorSubtaskState checkpoint;
        try (var harness = harness(settings)) {
            harness.open();
            feed(harness, 0, Fixtures.BATCH);
            harness.snapshot(1, 1);
            feed(harness, Fixtures.BATCH, cut);
            checkpoint = harness.snapshot(2, 2);
            feed(harness, cut, cut + 9);
        }

        try (var restored = harness(settings)) {
            restored.initializeState(checkpoint);
            restored.open();
            feed(restored, cut, END);

            assertThat(Arrays.equals(weightsAtEnd(restored), undisturbed)).isTrue();
        }
    }

    @Test
    void restore_saysWhatDiffers_whenTheMechanismIsAnother() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var harness = harness(settings(Mechanism.MEMORY_BANK))) {
            harness.open();
            feed(harness, 0, Fixtures.BATCH);
            checkpoint = harness.snapshot(1, 1);
        }

        try (var restored = harness(settings(Mechanism.MOMENTUM_QUEUE))) {
            restored.initializeState(checkpoint);
            assertThatThrownBy(restored::open)
                    .cause()
                    .hasMessageContaining(
                            "contrast.mechanism is memory-bank there and momentum-queue here")
                    .hasMessageContaining("contrast.bank.capacity is 15 there and none here");
        }
    }

    private static TrainSettings settings(Mechanism mechanism) {
        MocoSettings base = Fixtures.trainSettings(2).moco();
        boolean v3 = mechanism == Mechanism.MOMENTUM_BATCH;
        Head head = v3 ? new Head(Head.Kind.MOCO_V3, 6, 10, 8) : new Head(Head.Kind.LINEAR, 6);
        var encoder =
                new EncoderSettings(
                        base.encoder().architecture(),
                        head,
                        base.encoder().normalization(),
                        base.encoder().precision());
        var contrast =
                new Contrast(
                        mechanism,
                        Fixtures.QUEUE,
                        0.2,
                        0.9,
                        MomentumCourse.COSINE,
                        false,
                        new Contrast.Bank(15, 0.5));
        var moco =
                new MocoSettings(
                        encoder,
                        base.side(),
                        base.batchSize(),
                        contrast,
                        base.batchNorm(),
                        base.optimizer(),
                        new Schedule(Schedule.Kind.COSINE, 10),
                        base.seed());
        return new TrainSettings(moco, 1, TrainSettings.Probed.TRAINED, 2);
    }

    private static byte[] weightsAtEnd(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness)
            throws Exception {
        harness.endInput();
        return Snapshots.last(harness).weights();
    }

    private static void feed(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness,
            long from,
            long to)
            throws Exception {
        for (ViewPair pair : LongStream.range(from, to).mapToObj(Fixtures::pair).toList()) {
            harness.processElement(pair, 0);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness(
            TrainSettings settings) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new TrainOperator(settings), ViewPair::learner, Types.STRING);
    }
}
