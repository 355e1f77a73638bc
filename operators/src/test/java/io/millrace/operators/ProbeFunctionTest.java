package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.ProbeReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ProbeFunctionTest {

    private static final int WIDTH = 4;

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
            assertThat(trained.accuracy()).isGreaterThan(0.9);
            assertThat(untrained.accuracy()).isLessThan(0.7);
            assertThat(trained.classes()).isEqualTo(2);
            assertThat(trained.window()).isEqualTo(100);
        }
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
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new ProbeFunction(100, 0.1, 4)),
                ProbeFunction::key,
                Types.STRING);
    }
}
