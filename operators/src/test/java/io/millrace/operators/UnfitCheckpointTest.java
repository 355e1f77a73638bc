package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.moco.EncoderSettings;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What does not fit a checkpoint is named, before anything is restored. */
class UnfitCheckpointTest {

    @Test
    void restore_saysWhatDiffers_whenTheQueueHasAnotherSize() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var harness = harness(Fixtures.trainSettings(2))) {
            harness.open();
            feed(harness, sequence(0, Fixtures.BATCH));
            checkpoint = harness.snapshot(1, 1);
        }
        var wider = Fixtures.trainSettings(2, 2 * Fixtures.QUEUE);

        try (var restored = harness(wider)) {
            restored.initializeState(checkpoint);
            assertThatThrownBy(restored::open)
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageContaining(
                            "settings: contrast.queue-capacity is 20 there and 40 here; restore")
                    .hasMessageContaining("--init-from");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "12, 4, head.dimension is 6 there and 12 here",
        "6, 8, encoder.width is 4 there and 8 here"
    })
    void restore_saysWhatDiffers_whenTheEncoderIsAnother(int dimension, int width, String what)
            throws Exception {
        OperatorSubtaskState checkpoint;
        TrainSettings settings = Fixtures.trainSettings(2);
        try (var harness = harness(settings)) {
            harness.open();
            feed(harness, sequence(0, Fixtures.BATCH));
            checkpoint = harness.snapshot(1, 1);
        }

        try (var restored = harness(withEncoder(settings, dimension, width))) {
            restored.initializeState(checkpoint);
            assertThatThrownBy(restored::open)
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageContaining(what)
                    .hasMessageContaining("--init-from");
        }
    }

    private static TrainSettings withEncoder(TrainSettings settings, int dimension, int width) {
        MocoSettings moco = settings.moco();
        Architecture architecture = moco.encoder().architecture();
        var encoder =
                new EncoderSettings(
                        new Architecture(
                                architecture.block(),
                                architecture.stem(),
                                width,
                                architecture.blocks()),
                        new Head(Head.Kind.MLP, dimension),
                        moco.encoder().normalization(),
                        moco.encoder().precision());
        var other =
                new MocoSettings(
                        encoder,
                        moco.side(),
                        moco.batchSize(),
                        moco.contrast(),
                        moco.batchNorm(),
                        moco.optimizer(),
                        moco.schedule(),
                        moco.seed());
        return new TrainSettings(other, 1, settings.probe(), settings.reportEverySteps());
    }

    @Test
    void restore_saysWhatDiffers_whenTheBatchHasAnotherSize() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var harness = harness(Fixtures.trainSettings(2))) {
            harness.open();
            feed(harness, sequence(0, Fixtures.BATCH));
            checkpoint = harness.snapshot(1, 1);
        }

        try (var restored = harness(Fixtures.trainSettings(2, Fixtures.QUEUE, 4, 0.05))) {
            restored.initializeState(checkpoint);
            assertThatThrownBy(restored::open)
                    .cause()
                    .hasMessageContaining(
                            "settings: training.batch-size is 8 there and 4 here; restore");
        }
    }

    @Test
    void requireFits_saysWhatDiffers_whenTheStateHasAnotherLayout() {
        var later = new LearnerState(3, "same", 0, 0, 0, List.of(), List.of());

        assertThatThrownBy(() -> later.requireFits("cam", "same"))
                .cause()
                .hasMessageStartingWith(
                        "learner cam: the checkpoint has state layout 3, expected 2;")
                .hasMessageContaining("--init-from");
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
