package io.millrace.model.moco;

import static io.millrace.model.moco.Samples.BATCH;
import static io.millrace.model.moco.Samples.settings;
import static io.millrace.model.moco.Samples.steps;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Output;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients go to all of the query encoder, and nowhere else. */
class GradientTest {

    static Stream<Arguments> encoders() {
        return Stream.of(
                Arguments.of(Precision.FP32, Head.Kind.LINEAR, false),
                Arguments.of(Precision.FP32, Head.Kind.LINEAR, true),
                Arguments.of(Precision.FP32, Head.Kind.MLP, false),
                Arguments.of(Precision.FP32, Head.Kind.MLP, true),
                Arguments.of(Precision.BF16, Head.Kind.LINEAR, false),
                Arguments.of(Precision.BF16, Head.Kind.LINEAR, true),
                Arguments.of(Precision.BF16, Head.Kind.MLP, false),
                Arguments.of(Precision.BF16, Head.Kind.MLP, true));
    }

    /** Without weight decay, which would move a parameter that has lost its gradient. */
    @ParameterizedTest
    @MethodSource("encoders")
    void step_movesEveryParameter(Precision precision, Head.Kind head, boolean symmetric) {
        MocoSettings settings =
                settings(
                        head,
                        precision,
                        new Contrast(2 * BATCH, 0.2, 0.9, symmetric),
                        new BatchNormSplits(2, true),
                        new Sgd(0.1, 0.9, 0));
        Layout layout = Layout.of(settings.encoder().architecture(), settings.encoder().head());
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            float[] before = States.floats(moco.state(), "query.parameters");
            steps(moco, 0, 1);
            float[] after = States.floats(moco.state(), "query.parameters");
            float[] gradient = States.floats(moco.state(), "optimizer.momentum");

            for (Entry entry : layout.parameters()) {
                int moved = 0;
                int reached = 0;
                int from = (int) entry.offset();
                for (int i = from; i < from + entry.size(); i++) {
                    moved += after[i] == before[i] ? 0 : 1;
                    reached += gradient[i] == 0 ? 0 : 1;
                }
                // Some of the head's hidden units are off for the whole batch.
                assertThat(reached).as(entry.name()).isGreaterThan((int) (0.5 * entry.size()));
                assertThat(moved).as(entry.name()).isGreaterThan((int) (0.5 * entry.size()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void backward_reachesTheQueryPassOnly(Precision precision) {
        EncoderSettings settings = settings().encoder();
        TestTorch.CPU.enter();
        try (Encoder encoder =
                        Encoder.create(
                                TestTorch.CPU,
                                settings.architecture(),
                                settings.head(),
                                precision,
                                3);
                NDManager step = TestTorch.CPU.newManager()) {
            var order = new RowOrder(step, KeyOrder.unchanged().permutation(0, 4), 1);
            NDArray queue = step.randomNormal(new Shape(Samples.D, 9));
            NDArray views = step.randomNormal(new Shape(4, 3, 16, 16));
            try (GradientCollector collector = TestTorch.CPU.record()) {
                Output k = encoder.forward(views, order, Pass.WITHOUT_GRADIENT);
                Output q = encoder.forward(views, order, Pass.WITH_GRADIENT);
                collector.backward(
                        InfoNce.loss(InfoNce.logits(q.projection(), k.projection(), queue, 0.2)));

                assertThat(q.parameters().hasGradient()).isTrue();
                assertThat(k.parameters().hasGradient()).isFalse();
                assertThat(queue.hasGradient()).isFalse();
            }
        }
    }
}
