package io.millrace.model.moco;

import static io.millrace.model.moco.Samples.BATCH;
import static io.millrace.model.moco.Samples.settings;
import static io.millrace.model.moco.Samples.steps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key encoder's parameters: equation 2 of arXiv:1911.05722, nothing more and nothing less. */
class MomentumTest {

    private static final double M = 0.9;

    private static Moco moco(double m, boolean symmetric) {
        Contrast contrast = new Contrast(2 * BATCH + 4, 0.2, m, symmetric);
        return Moco.create(settings(Precision.FP32, contrast), TestTorch.CPU);
    }

    @Test
    void create_makesTheKeyEncoderACopy_headAndStatisticsToo() {
        try (Moco moco = moco(M, false)) {
            assertThat(parameters(moco, "key")).isEqualTo(parameters(moco, "query"));
            assertThat(buffers(moco, "key")).isEqualTo(buffers(moco, "query"));
        }
    }

    /**
     * No gradient reaches the keys' encoder, and the symmetric step's second pass moves nothing.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void step_movesKeyParametersByEquation2Once(boolean symmetric) {
        try (Moco moco = moco(M, symmetric)) {
            steps(moco, 0, 3);
            float[] query = parameters(moco, "query");
            float[] key = parameters(moco, "key");
            steps(moco, 3, 4);
            float[] moved = parameters(moco, "key");

            for (Entry entry : layout().parameters()) {
                int from = (int) entry.offset();
                double farthest = 0;
                for (int i = from; i < from + entry.size(); i++) {
                    assertThat(moved[i])
                            .as(entry.name())
                            .isCloseTo((float) (M * key[i] + (1 - M) * query[i]), within(1e-6f));
                    farthest = Math.max(farthest, Math.abs(query[i] - key[i]));
                }
                // Twice, or not at all, would be seen: the head's tensors among them.
                assertThat((1 - M) * M * farthest).as(entry.name()).isGreaterThan(1e-5);
            }
        }
    }

    @Test
    void step_leavesTheStatisticsOfEachEncoderItsOwn() {
        try (Moco moco = moco(0, false)) {
            float[] initial = buffers(moco, "key");
            steps(moco, 0, 1);

            assertThat(buffers(moco, "key")).isNotEqualTo(initial);
            assertThat(buffers(moco, "key")).isNotEqualTo(buffers(moco, "query"));
        }
    }

    @Test
    void step_leavesKeyParametersAsTheyWere_whenMomentumIsOne() {
        try (Moco moco = moco(1, false)) {
            float[] before = parameters(moco, "key");
            steps(moco, 0, 2);

            assertThat(parameters(moco, "key")).isEqualTo(before);
            assertThat(parameters(moco, "query")).isNotEqualTo(before);
        }
    }

    @Test
    void step_copiesTheQueryEncoder_whenMomentumIsZero() {
        try (Moco moco = moco(0, false)) {
            steps(moco, 0, 1);
            float[] afterFirst = parameters(moco, "query");
            steps(moco, 1, 2);

            assertThat(parameters(moco, "key")).isEqualTo(afterFirst);
        }
    }

    private static Layout layout() {
        EncoderSettings encoder = settings().encoder();
        return Layout.of(encoder.architecture(), encoder.head());
    }

    private static float[] parameters(Moco moco, String encoder) {
        return States.floats(moco.state(), encoder + ".parameters");
    }

    private static float[] buffers(Moco moco, String encoder) {
        return States.floats(moco.state(), encoder + ".buffers");
    }
}
