package io.millrace.model.moco;

import static io.millrace.model.parity.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.parity.Fixture;
import io.millrace.model.parity.Formula;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three steps of the reference code, losses to gradients to queue, in fp32. */
@Tag("parity")
class MocoParityTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "moco-v1-resnet18",
                "moco-v2-resnet18",
                "moco-cifar-resnet18-split4",
                "moco-cifar-resnet18-split4-symmetric"
            })
    void step_agreesWithTheReference_whenWeightsAreTheSame(String name) throws Exception {
        Fixture fixture = Fixture.read(name);
        MocoSettings settings = settings(fixture);
        Layout layout = layout(settings);
        KeyOrder order =
                settings.batchNorm().shuffleKeys()
                        ? (step, n) -> IntStream.range(0, n).map(i -> (5 * i + 3) % n).toArray()
                        : KeyOrder.unchanged();

        try (Moco moco = Moco.create(settings, TestTorch.CPU, order)) {
            moco.restore(initialState(moco, fixture.formula(), layout));
            moco.restoreQueueRows(
                    0, fixture.formula().queueRows(fixture.integer("D"), fixture.integer("K")));

            float[] losses = new float[fixture.integer("steps")];
            for (int s = 0; s < losses.length; s++) {
                step(moco, fixture, s);
                losses[s] = (float) moco.takeStatistics().loss();
                if (s == 0) {
                    assertGradients(moco, fixture, layout);
                }
            }

            assertClose("losses", losses, fixture.floats("losses"), 1e-4);
            assertClose(
                    "queue",
                    columns(moco.queueRows(0, fixture.integer("K")), fixture.integer("D")),
                    fixture.floats("queue"),
                    1e-4);
            assertEncoder("query", "encoder_q", moco, fixture, layout);
            assertEncoder("key", "encoder_k", moco, fixture, layout);
        }
    }

    private static MocoSettings settings(Fixture fixture) {
        Stem stem = Stem.valueOf(fixture.text("stem").toUpperCase(Locale.ROOT));
        Head.Kind head = fixture.text("mlp").equals("True") ? Head.Kind.MLP : Head.Kind.LINEAR;
        int splits = fixture.integer("bn_splits");
        return new MocoSettings(
                new EncoderSettings(
                        Architecture.resnet18(stem),
                        new Head(head, fixture.integer("D")),
                        Normalization.IMAGENET,
                        Precision.FP32),
                fixture.integer("side"),
                fixture.integer("N"),
                new Contrast(
                        fixture.integer("K"),
                        fixture.number("T"),
                        fixture.number("m"),
                        fixture.text("symmetric").equals("True")),
                new BatchNormSplits(splits, splits > 1),
                new Sgd(
                        fixture.number("lr"),
                        fixture.number("momentum"),
                        fixture.number("weight_decay")),
                Schedule.CONSTANT,
                0);
    }

    private static Layout layout(MocoSettings settings) {
        return Layout.of(settings.encoder().architecture(), settings.encoder().head());
    }

    private static List<NamedArray> initialState(Moco moco, Formula formula, Layout layout) {
        List<NamedArray> state = new ArrayList<>(moco.state());
        state.replaceAll(
                array ->
                        switch (array.name()) {
                            case "query.parameters", "key.parameters" ->
                                    new NamedArray(array.name(), formula.parameters(layout));
                            case "query.buffers", "key.buffers" ->
                                    new NamedArray(array.name(), formula.buffers(layout));
                            default -> array;
                        });
        return state;
    }

    private static void step(Moco moco, Fixture fixture, int s) {
        int n = fixture.integer("N");
        int side = fixture.integer("side");
        Shape shape = new Shape(n, 3, side, side);
        try (NDManager manager = TestTorch.CPU.newManager()) {
            NDArray query = manager.create(fixture.formula().images(910 + 2L * s, n, side), shape);
            NDArray key = manager.create(fixture.formula().images(911 + 2L * s, n, side), shape);
            moco.step(query, key);
        }
    }

    /** After one step the optimiser's momentum is gradient + weight decay x parameter. */
    private static void assertGradients(Moco moco, Fixture fixture, Layout layout) {
        float[] momentum = States.floats(moco.state(), "optimizer.momentum");
        float[] initial = States.floats(fixture.formula().parameters(layout));
        double decay = fixture.number("weight_decay");
        float[] expected = fixture.floats("grad_norms_step0");
        List<Entry> parameters = layout.parameters();
        assertThat(parameters).hasSize(expected.length);
        for (int p = 0; p < expected.length; p++) {
            Entry entry = parameters.get(p);
            double squares = 0;
            int end = (int) (entry.offset() + entry.size());
            for (int i = (int) entry.offset(); i < end; i++) {
                double gradient = momentum[i] - decay * initial[i];
                squares += gradient * gradient;
            }
            assertThat(Math.sqrt(squares))
                    .as("gradient norm of " + entry.name())
                    .isCloseTo(expected[p], within(1e-3 * expected[p]));
        }
    }

    private static void assertEncoder(
            String name, String reference, Moco moco, Fixture fixture, Layout layout) {
        // The query encoder has moved by gradients, which agree to 1e-3; the key encoder hardly
        // has.
        double tolerance = name.equals("query") ? 1e-3 : 1e-4;
        float[] parameters = States.floats(moco.state(), name + ".parameters");
        float[] buffers = States.floats(moco.state(), name + ".buffers");
        List<float[]> tensors = new ArrayList<>();
        for (Entry entry : layout.entries()) {
            if (entry.kind() != Entry.Kind.BATCHES) {
                float[] flat = entry.kind().isParameter() ? parameters : buffers;
                int from = (int) entry.offset();
                tensors.add(Arrays.copyOfRange(flat, from, from + (int) entry.size()));
            }
        }
        float[] norms = fixture.floats(reference + ".norms");
        float[] sums = fixture.floats(reference + ".sums");
        assertThat(norms).hasSize(tensors.size());
        for (int t = 0; t < norms.length; t++) {
            double sum = 0;
            double squares = 0;
            for (float value : tensors.get(t)) {
                sum += value;
                squares += (double) value * value;
            }
            double root = Math.sqrt(tensors.get(t).length);
            assertThat(Math.sqrt(squares))
                    .as(name + " norm " + t)
                    .isCloseTo(norms[t], within(tolerance * norms[t]));
            assertThat(sum)
                    .as(name + " sum " + t)
                    .isCloseTo(sums[t], within(tolerance * norms[t] * root));
        }
        assertClose(
                "first convolution",
                tensors.get(0),
                fixture.floats(reference + ".first_conv"),
                tolerance);
        assertClose(
                "last linear weight",
                tensors.get(tensors.size() - 2),
                fixture.floats(reference + ".last_linear"),
                tolerance);
    }

    /** (K, D) to (D, K). */
    private static float[] columns(float[] rows, int dimension) {
        int capacity = rows.length / dimension;
        float[] columns = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            columns[i % dimension * capacity + i / dimension] = rows[i];
        }
        return columns;
    }
}
