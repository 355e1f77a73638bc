package io.millrace.model.moco;

import static io.millrace.model.moco.Samples.BATCH;
import static io.millrace.model.moco.Samples.SIDE;
import static io.millrace.model.moco.Samples.settings;
import static io.millrace.model.moco.Samples.steps;
import static io.millrace.model.moco.Samples.views;
import static io.millrace.model.parity.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.encoder.Encoder;
import io.millrace.model.evaluation.FeatureExtractor;
import io.millrace.model.torch.Floats;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Looking at a learner changes nothing: no tensor, no counter, no random number. */
class EvaluationTest {

    private static final int K = 2 * BATCH + 4;

    private static MocoSettings learner(Precision precision, boolean symmetric) {
        return settings(precision, new Contrast(K, 0.2, 0.9, symmetric));
    }

    @ParameterizedTest
    @CsvSource({"FP32, false", "FP32, true", "BF16, false", "BF16, true"})
    void step_goesOnToTheBit_whenTheLearnerWasEvaluatedInBetween(
            Precision precision, boolean symmetric) {
        MocoSettings settings = learner(precision, symmetric);
        String alone;
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            steps(moco, 0, 4);
            alone = States.fingerprint(moco, K);
        }

        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            for (int s = 0; s < 4; s++) {
                steps(moco, s, s + 1);
                String before = States.fingerprint(moco, K);
                evaluate(moco, settings);
                assertThat(States.fingerprint(moco, K)).as("after step " + s).isEqualTo(before);
            }
            assertThat(States.fingerprint(moco, K)).isEqualTo(alone);
        }
    }

    /** Everything that the job asks of a learner between two steps. */
    private static void evaluate(Moco moco, MocoSettings settings) {
        assertThat(moco.features()).hasSize(BATCH * 16);
        assertThat(moco.untrainedFeatures(views(77))).hasSize(BATCH * 16);
        assertThat(moco.backbone()).isNotEmpty();
        assertThat(moco.queueRows(3, 5)).hasSize(5 * Samples.D);
        extract(moco.state(), settings);
    }

    private static void extract(List<NamedArray> state, MocoSettings settings) {
        try (Encoder encoder = encoder(settings.encoder());
                var extractor =
                        new FeatureExtractor(
                                TestTorch.CPU, encoder, settings.encoder().normalization(), SIDE)) {
            Floats.write(encoder.parameters(), States.bytes(state, "query.parameters"));
            Floats.write(encoder.buffers(), States.bytes(state, "query.buffers"));
            FeatureExtractor.Extracted first = extractor.extract(views(88));

            assertThat(extractor.extract(views(88)).features()).isEqualTo(first.features());
            assertThat(Floats.read(encoder.parameters()))
                    .isEqualTo(States.bytes(state, "query.parameters"));
            assertThat(Floats.read(encoder.buffers()))
                    .isEqualTo(States.bytes(state, "query.buffers"));
        }
    }

    private static Encoder encoder(EncoderSettings settings) {
        return Encoder.create(
                TestTorch.CPU, settings.architecture(), settings.head(), settings.precision(), 0);
    }

    /** Evaluation mode: a view's features don't depend on what else is in the batch. */
    @Test
    void extract_takesEachViewByItself() {
        MocoSettings settings = learner(Precision.FP32, false);
        try (Encoder encoder = encoder(settings.encoder());
                var extractor =
                        new FeatureExtractor(
                                TestTorch.CPU, encoder, settings.encoder().normalization(), SIDE)) {
            ByteBuffer batch = views(5);
            ByteBuffer first = batch.slice(0, SIDE * SIDE * 3);

            float[] alone = extractor.extract(first).features();
            float[] among = extractor.extract(batch).features();

            // Closely and not to the bit: kernels round differently for another batch size.
            assertClose("first row", Arrays.copyOf(among, alone.length), alone, 1e-5);
        }
    }

    /** Taking statistics resets the sums and the number of steps that they cover, only. */
    @Test
    void takeStatistics_changesNothingElse() {
        try (Moco moco = Moco.create(learner(Precision.FP32, false), TestTorch.CPU);
                Moco other = Moco.create(learner(Precision.FP32, false), TestTorch.CPU)) {
            for (int s = 0; s < 3; s++) {
                steps(moco, s, s + 1);
                steps(other, s, s + 1);
                assertThat(other.takeStatistics().steps()).isEqualTo(1);
            }

            assertThat(tensors(other)).isEqualTo(tensors(moco)).hasSize(5);
            assertThat(other.queueRows(0, K)).isEqualTo(moco.queueRows(0, K));
            assertThat(other.steps()).isEqualTo(moco.steps());
            assertThat(other.enqueued()).isEqualTo(moco.enqueued());
        }
    }

    private static List<NamedArray> tensors(Moco moco) {
        Stream<NamedArray> state = moco.state().stream();
        return state.filter(array -> !List.of("statistics", "counters").contains(array.name()))
                .toList();
    }
}
