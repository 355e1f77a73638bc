package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.snapshot.MalformedSnapshotException;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.Safetensors;
import io.millrace.model.snapshot.TensorInfo;
import io.millrace.model.snapshot.WeightsFile;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import io.millrace.operators.TrainSettings.Probed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training that starts from a file of weights. */
class TrainOperatorStartTest {

    @TempDir private Path directory;
    private Path file;
    private WeightsFile parent;

    /** The parent: an encoder that has been trained for three steps. */
    @BeforeEach
    void trainTheParent() throws Exception {
        file = directory.resolve("parent.safetensors");
        try (var harness = harness(Fixtures.trainSettings(2))) {
            harness.open();
            feed(harness, 0, 3 * Fixtures.BATCH);
            harness.endInput();
            Files.write(file, last(harness).weights());
        }
        parent = WeightsFile.of(file);
    }

    @Test
    void training_startsFromTheFile() throws Exception {
        // Without a learning rate the parameters stay what they were at the start.
        byte[] weights = finalWeights(settings(parent, 0, Probed.NONE));

        assertThat(parameters(weights)).isEqualTo(parameters(Files.readAllBytes(file)));
        assertThat(parameters(finalWeights(settings(null, 0, Probed.NONE))))
                .isNotEqualTo(parameters(weights));
    }

    @Test
    void baseline_isTheEncoderOfTheFile_alsoAfterARestore() throws Exception {
        TrainSettings settings = settings(parent, 0.05, Probed.TRAINED_AND_UNTRAINED);
        OperatorSubtaskState checkpoint;
        float[] undisturbed;
        try (var harness = harness(settings)) {
            harness.open();
            feed(harness, 0, Fixtures.BATCH);
            Fixtures.awaitSteps(harness, 1);
            // Before the first update both encoders are the file's.
            List<FeatureBatch> first = features(harness);
            assertThat(first.get(0).values()).isEqualTo(first.get(1).values());
            checkpoint = harness.snapshot(1, 1);
            feed(harness, Fixtures.BATCH, 2 * Fixtures.BATCH);
            Fixtures.awaitSteps(harness, 1);
            undisturbed = features(harness).get(3).values();
        }

        try (var restored = harness(settings)) {
            restored.initializeState(checkpoint);
            restored.open();
            feed(restored, Fixtures.BATCH, 2 * Fixtures.BATCH);
            Fixtures.awaitSteps(restored, 1);
            List<FeatureBatch> features = features(restored);
            assertThat(features.get(1).encoder()).isEqualTo(FeatureBatch.Encoder.UNTRAINED);
            assertThat(features.get(1).values()).isEqualTo(undisturbed);
            assertThat(features.get(0).values()).isNotEqualTo(undisturbed);
        }
    }

    @Test
    void restore_continuesToTheBit_withoutTheFile() throws Exception {
        TrainSettings settings = settings(parent, 0.05, Probed.TRAINED);
        byte[] undisturbed = finalWeights(settings);
        OperatorSubtaskState checkpoint;
        try (var harness = harness(settings)) {
            harness.open();
            feed(harness, 0, Fixtures.BATCH + 3);
            checkpoint = harness.snapshot(1, 1);
        }
        Files.delete(file);

        try (var restored = harness(settings)) {
            restored.initializeState(checkpoint);
            restored.open();
            feed(restored, Fixtures.BATCH + 3, 3 * Fixtures.BATCH);
            restored.endInput();
            assertThat(last(restored).weights()).isEqualTo(undisturbed);
        }
    }

    @Test
    void open_failsForGood_whenTheFileHoldsOtherBytes() throws Exception {
        byte[] other = Files.readAllBytes(file);
        other[other.length - 1] ^= 1;
        Files.write(file, other);

        try (var harness = harness(settings(parent, 0.05, Probed.NONE))) {
            assertThatThrownBy(harness::open)
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .isInstanceOf(MalformedSnapshotException.class)
                    .hasMessageContaining(parent.path())
                    .hasMessageContaining(parent.sha256());
        }
    }

    @Test
    void open_failsForGood_whenTheFileIsNotThere() throws Exception {
        Files.delete(file);

        try (var harness = harness(settings(parent, 0.05, Probed.NONE))) {
            assertThatThrownBy(harness::open)
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageContaining(parent.path() + " cannot be read");
        }
    }

    private static TrainSettings settings(
            @Nullable WeightsFile initial, double rate, Probed probe) {
        var moco = Fixtures.trainSettings(2, Fixtures.QUEUE, Fixtures.BATCH, rate).moco();
        return new TrainSettings(moco, initial, 1, probe, 2, false, 0);
    }

    private static byte[] finalWeights(TrainSettings settings) throws Exception {
        try (var harness = harness(settings)) {
            harness.open();
            feed(harness, 0, 3 * Fixtures.BATCH);
            harness.endInput();
            return last(harness).weights();
        }
    }

    /** All values but batch norm's statistics. */
    private static List<Float> parameters(byte[] weights) {
        List<Float> values = new ArrayList<>();
        for (NamedTensor tensor : Safetensors.decode(weights).tensors()) {
            if (tensor.type() == TensorInfo.Type.F32 && !tensor.name().contains("running")) {
                ByteBuffer data = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
                while (data.hasRemaining()) {
                    values.add(data.getFloat());
                }
            }
        }
        return values;
    }

    private static List<FeatureBatch> features(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness) {
        return harness.getSideOutput(TrainOperator.FEATURES).stream()
                .map(StreamRecord::getValue)
                .toList();
    }

    private static EncoderSnapshot last(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness) {
        return Snapshots.last(harness);
    }

    private static void feed(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness,
            long from,
            long to)
            throws Exception {
        for (long sequence : LongStream.range(from, to).toArray()) {
            harness.processElement(Fixtures.pair(sequence), 0);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness(
            TrainSettings settings) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new TrainOperator(settings), ViewPair::learner, Types.STRING);
    }
}
