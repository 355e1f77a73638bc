package io.millrace.operators;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.evaluation.KnnSettings;
import io.millrace.model.evaluation.ProbeSettings;
import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.ProbeReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ProbeOperatorTest {

    private static final int WIDTH = 4;

    /** Not a multiple of the batch, so that the ring wraps inside one. */
    private static final int BANK = 50;

    private static final KnnSettings KNN = new KnnSettings(BANK, 5, 0.1, 3);

    @Test
    void restore_reportsWhatAnUndisturbedProbeReports() throws Exception {
        List<ProbeReport> undisturbed;
        try (var harness = harness()) {
            harness.open();
            feed(harness, 1, 20);
            undisturbed = harness.extractOutputValues();
        }
        OperatorSubtaskState checkpoint;
        try (var harness = harness()) {
            harness.open();
            feed(harness, 1, 9);
            checkpoint = harness.snapshot(1, 1);
        }

        try (var restored = harness()) {
            restored.initializeState(checkpoint);
            restored.open();
            feed(restored, 9, 20);

            assertThat(restored.extractOutputValues())
                    .usingRecursiveComparison()
                    .ignoringFields("timestamp")
                    .isEqualTo(undisturbed.subList(4, undisturbed.size()));
        }
    }

    @Test
    void reports_tellTheEncodersApart() throws Exception {
        try (var harness = harness()) {
            harness.open();
            feed(harness, 1, 60);

            List<ProbeReport> reports = harness.extractOutputValues();
            ProbeReport trained = last(reports, FeatureBatch.Encoder.TRAINED);
            ProbeReport untrained = last(reports, FeatureBatch.Encoder.UNTRAINED);
            assertThat(trained.linear().fraction()).isGreaterThan(0.9);
            assertThat(untrained.linear().fraction()).isLessThan(0.7);
            assertThat(bank(trained).knn().fraction()).isGreaterThan(0.9);
            assertThat(bank(untrained).knn().fraction()).isLessThan(0.7);
            assertThat(trained.known().classes()).isEqualTo(2);
            assertThat(trained.linear().window()).isEqualTo(100);
            assertThat(bank(trained).knn().window()).isEqualTo(100);
            assertThat(bank(trained).records()).isEqualTo(BANK);
        }
    }

    @Test
    void reports_haveNoBank_whenNeighboursAreOff() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var harness = harness(KnnSettings.OFF)) {
            harness.open();
            feed(harness, 1, 5);
            checkpoint = harness.snapshot(1, 1);

            assertThat(harness.extractOutputValues())
                    .isNotEmpty()
                    .allSatisfy(report -> assertThat(report.bank()).isNull());
        }
        try (var restored = harness(KNN)) {
            restored.initializeState(checkpoint);
            restored.open();
            feed(restored, 5, 9);

            ProbeReport report = last(restored.extractOutputValues(), FeatureBatch.Encoder.TRAINED);
            assertThat(report.known().records()).isEqualTo(8 * 8);
            assertThat(bank(report).records()).isEqualTo(4 * 8);
        }
    }

    @Test
    void snapshot_holdsEveryProbe_whenItIsTakenTwice() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var harness = harness()) {
            harness.open();
            feed(harness, 1, 4);
            harness.snapshot(1, 1);
            harness.processElement(batch(4, FeatureBatch.Encoder.TRAINED), 0);
            checkpoint = harness.snapshot(2, 2);
            assertThat(harness.numKeyedStateEntries())
                    .as("two probes, each with its layout")
                    .isEqualTo(4);
        }

        try (var restored = harness()) {
            restored.initializeState(checkpoint);
            restored.open();
            feed(restored, 8, 9);

            assertThat(restored.extractOutputValues())
                    .extracting(report -> report.known().records())
                    .containsExactly(5L * 8, 4L * 8);
        }
    }

    @Test
    void endInput_reportsWhatNoReportHasFollowed() throws Exception {
        try (var harness = harness()) {
            harness.open();
            feed(harness, 1, 8);
            long before = harness.extractOutputValues().size();

            harness.endInput();

            List<ProbeReport> more =
                    harness.extractOutputValues()
                            .subList((int) before, harness.extractOutputValues().size());
            assertThat(more).extracting(ProbeReport::step).containsOnly(7L);
            assertThat(more)
                    .extracting(ProbeReport::encoder)
                    .containsExactlyInAnyOrder(FeatureBatch.Encoder.values());
        }
    }

    @Test
    void restore_saysWhatDiffers_whenTheEncoderGivesOtherFeatures() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var harness = harness()) {
            harness.open();
            feed(harness, 1, 4);
            checkpoint = harness.snapshot(1, 1);
        }

        try (var restored = harness()) {
            restored.initializeState(checkpoint);
            restored.open();
            var wider =
                    new FeatureBatch(
                            "default",
                            FeatureBatch.Encoder.TRAINED,
                            4,
                            List.of("class-0"),
                            WIDTH + 1,
                            new float[WIDTH + 1]);

            assertThatThrownBy(() -> restored.processElement(wider, 0))
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageStartingWith(
                            "probe default/TRAINED: the checkpoint's classifiers have 4 features,"
                                    + " the encoder gives 5 (encoder.architecture);")
                    .hasMessageContaining("--init-from");
        }
    }

    @Test
    void requireLayout_failsForGood_whenTheStateHasAnother() {
        assertThatThrownBy(() -> ProbeOperator.requireLayout("cam/TRAINED", 2))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessageStartingWith(
                        "probe cam/TRAINED: the checkpoint has state layout 2, expected 1;");
        assertThatThrownBy(() -> ProbeOperator.requireLayout("cam/TRAINED", null))
                .isInstanceOf(SuppressRestartsException.class);
    }

    private static ProbeReport.Bank bank(ProbeReport report) {
        return requireNonNull(report.bank());
    }

    private static ProbeReport last(List<ProbeReport> reports, FeatureBatch.Encoder encoder) {
        return reports.stream()
                .filter(report -> report.encoder() == encoder)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    /** For each step a batch whose features tell the class, and one whose features don't. */
    private static void feed(
            KeyedOneInputStreamOperatorTestHarness<String, FeatureBatch, ProbeReport> harness,
            long from,
            long to)
            throws Exception {
        for (long step = from; step < to; step++) {
            harness.processElement(batch(step, FeatureBatch.Encoder.TRAINED), 0);
            harness.processElement(batch(step, FeatureBatch.Encoder.UNTRAINED), 0);
        }
    }

    private static FeatureBatch batch(long step, FeatureBatch.Encoder encoder) {
        var random = new Random(step);
        List<String> labels = new ArrayList<>();
        float[] values = new float[8 * WIDTH];
        for (int row = 0; row < 8; row++) {
            int target = random.nextInt(2);
            labels.add("class-" + target);
            for (int c = 0; c < WIDTH; c++) {
                boolean tells = encoder == FeatureBatch.Encoder.TRAINED && c == target;
                values[row * WIDTH + c] = (float) random.nextGaussian() * 0.3f + (tells ? 3 : 0);
            }
        }
        return new FeatureBatch("default", encoder, step, labels, WIDTH, values);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, FeatureBatch, ProbeReport>
            harness() throws Exception {
        return harness(KNN);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, FeatureBatch, ProbeReport>
            harness(KnnSettings knn) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new ProbeOperator(new ProbeSettings(100, 0.1, knn), 4),
                ProbeOperator::key,
                Types.STRING);
    }
}
