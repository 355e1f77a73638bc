package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class LastStepTest {

    private static final int BATCHES = 5;

    @Test
    void operator_stopsAfterTheLastStep_withTheSnapshotOfIt() throws Exception {
        List<EncoderSnapshot> stopped = train(3, BATCHES * Fixtures.BATCH);
        List<EncoderSnapshot> shorter = train(0, 3 * Fixtures.BATCH);

        assertThat(stopped).hasSize(1);
        EncoderSnapshot last = stopped.get(0);
        assertThat(last.completed()).isFalse();
        assertThat(last.progress().step()).isEqualTo(3);
        assertThat(last.progress().images()).isEqualTo(3L * Fixtures.BATCH);
        assertThat(last.weights()).isEqualTo(shorter.get(0).weights());
        assertThat(last.progress().queueSha256())
                .hasSize(64)
                .isEqualTo(shorter.get(0).progress().queueSha256());
    }

    @Test
    void operator_publishesTheEnd_whenTheInputEndsBefore() throws Exception {
        List<EncoderSnapshot> ended = train(BATCHES + 1, BATCHES * Fixtures.BATCH);

        assertThat(ended).hasSize(1);
        assertThat(ended.get(0).completed()).isTrue();
        assertThat(ended.get(0).progress().step()).isEqualTo(BATCHES);
    }

    private static List<EncoderSnapshot> train(long lastStep, int pairs) throws Exception {
        TrainSettings plain = Fixtures.trainSettings(2);
        var settings =
                new TrainSettings(
                        plain.moco(),
                        plain.initial(),
                        plain.threads(),
                        plain.probe(),
                        plain.reportEverySteps(),
                        plain.dropLast(),
                        lastStep);
        try (var harness =
                new KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport>(
                        new TrainOperator(settings), ViewPair::learner, Types.STRING)) {
            harness.open();
            for (int sequence = 0; sequence < pairs; sequence++) {
                harness.processElement(Fixtures.pair(sequence), 0);
            }
            harness.prepareSnapshotPreBarrier(1);
            harness.endInput();
            return Snapshots.all(harness).stream()
                    .filter(s -> s.completed() || s.progress().step() == lastStep)
                    .toList();
        }
    }
}
