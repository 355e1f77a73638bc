package io.millrace.model.moco;

import static io.millrace.model.parity.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.parity.Fixture;
import io.millrace.model.parity.Formula;
import io.millrace.model.parity.LastBits;
import io.millrace.model.parity.ParityFolder;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.torch.Floats;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps of the reference code, logits to losses to gradients to queue, in fp32. */
@Tag("parity")
class MocoParityTest {

    static Stream<Arguments> fixtures() {
        return ParityFolder.fixtures("moco-");
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void step_agreesWithTheReference_whenWeightsAreTheSame(Path file) throws IOException {
        Fixture fixture = Fixture.read(file);
        LastBits.assertOnOneInput(bits -> assertStepsAgree(fixture, bits));
    }

    private static void assertStepsAgree(Fixture fixture, LastBits bits) throws IOException {
        MocoSettings settings = settings(fixture);
        Layout layout = layout(settings);
        int capacity = fixture.integer("K");
        try (Moco moco = Moco.create(settings, TestTorch.CPU, keyOrder(fixture))) {
            moco.restore(initialState(moco, fixture.formula(), layout));
            moco.restoreQueueRows(0, fixture.formula().queueRows(fixture.integer("D"), capacity));

            float[] losses = new float[fixture.integer("steps")];
            for (int s = 0; s < losses.length; s++) {
                step(moco, fixture, s, bits);
                losses[s] = (float) moco.takeStatistics().loss();
                if (s == 0) {
                    assertGradients(moco, fixture, layout);
                }
            }

            assertLosses(losses, fixture);
            float[] queue = columns(moco.queueRows(0, capacity), fixture.integer("D"));
            assertClose(fixture + " queue", queue, fixture.floats("queue"), 1e-4);
            assertThat(moco.enqueued() % capacity)
                    .as(fixture + " queue_ptr")
                    .isEqualTo(fixture.integerOf("queue_ptr"));
            new EncoderSummary(fixture, layout, "encoder_q")
                    .assertSame(moco.state(), "query", 1e-3);
            new EncoderSummary(fixture, layout, "encoder_k").assertSame(moco.state(), "key", 1e-4);
        }
    }

    static Stream<Arguments> fixturesWithLogits() {
        return fixtures().filter(arguments -> hasLogits((Path) arguments.get()[0]));
    }

    private static boolean hasLogits(Path file) {
        try {
            return Fixture.read(file).has("logits_step0");
        } catch (IOException | RuntimeException unreadable) {
            return false; // the other test says why
        }
    }

    @ParameterizedTest
    @MethodSource("fixturesWithLogits")
    void logits_agreeWithTheReference_beforeTheFirstUpdate(Path file) throws IOException {
        Fixture fixture = Fixture.read(file);
        MocoSettings settings = settings(fixture);
        int n = settings.batchSize();
        TestTorch.CPU.enter();
        try (Encoder encoder = encoder(fixture, settings.encoder());
                NDManager step = TestTorch.CPU.newManager()) {
            int[] unchanged = KeyOrder.unchanged().permutation(0, n);
            int[] shuffled = keyOrder(fixture).permutation(0, n);
            NDArray q =
                    project(
                            encoder,
                            images(step, fixture, 910, LastBits.UNCHANGED),
                            unchanged,
                            fixture);
            NDArray k =
                    project(
                            encoder,
                            images(step, fixture, 911, LastBits.UNCHANGED),
                            shuffled,
                            fixture);
            float[] rows = fixture.formula().queueRows(fixture.integer("D"), fixture.integer("K"));
            Shape shape = new Shape(fixture.integer("K"), fixture.integer("D"));
            NDArray queue = step.create(rows, shape).transpose(); // (D, K)

            float[] logits =
                    InfoNce.logits(q, k, queue, settings.contrast().temperature()).toFloatArray();

            assertClose(fixture + " logits", logits, fixture.floats("logits_step0"), 1e-4);
        }
    }

    private static Encoder encoder(Fixture fixture, EncoderSettings settings) {
        Encoder encoder =
                Encoder.create(
                        TestTorch.CPU,
                        settings.architecture(),
                        settings.head(),
                        settings.precision(),
                        0);
        Floats.write(encoder.parameters(), fixture.formula().parameters(encoder.layout()));
        Floats.write(encoder.buffers(), fixture.formula().buffers(encoder.layout()));
        return encoder;
    }

    private static NDArray project(
            Encoder encoder, NDArray images, int[] permutation, Fixture fixture) {
        var order = new RowOrder(images.getManager(), permutation, fixture.splits());
        return encoder.forward(
                        order.apply(TestTorch.CPU.operations(), images),
                        order,
                        Pass.WITHOUT_GRADIENT)
                .projection()
                .normalize(2, 1, 1e-12);
    }

    private static MocoSettings settings(Fixture fixture) {
        Head.Kind head = fixture.flag("mlp") ? Head.Kind.MLP : Head.Kind.LINEAR;
        int n = fixture.integer("N");
        return new MocoSettings(
                new EncoderSettings(
                        fixture.architecture(),
                        new Head(head, fixture.integer("D")),
                        Normalization.IMAGENET,
                        Precision.FP32),
                fixture.integer("side"),
                n,
                new Contrast(
                        fixture.integer("K"),
                        fixture.number("T"),
                        fixture.number("m"),
                        fixture.flag("symmetric")),
                new BatchNormSplits(fixture.splits(), fixture.shuffle(n).isPresent()),
                new Sgd(
                        fixture.number("lr"),
                        fixture.number("momentum"),
                        fixture.number("weight_decay")),
                Schedule.CONSTANT,
                0);
    }

    private static KeyOrder keyOrder(Fixture fixture) {
        return (pass, n) ->
                fixture.shuffle(n).orElseGet(() -> KeyOrder.unchanged().permutation(pass, n));
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

    private static void step(Moco moco, Fixture fixture, int s, LastBits bits) {
        try (NDManager manager = TestTorch.CPU.newManager()) {
            NDArray query = images(manager, fixture, 910 + 2L * s, bits);
            moco.step(query, images(manager, fixture, 911 + 2L * s, bits));
        }
    }

    private static NDArray images(NDManager manager, Fixture fixture, long t, LastBits bits) {
        int n = fixture.integer("N");
        int side = fixture.integer("side");
        float[] images = bits.change(t, fixture.formula().images(t, n, side));
        return manager.create(images, new Shape(n, 3, side, side));
    }

    private static void assertLosses(float[] losses, Fixture fixture) {
        float[] expected = fixture.floats("losses");
        assertThat(losses).as(fixture + " losses").hasSameSizeAs(expected);
        for (int s = 0; s < losses.length; s++) {
            assertThat(losses[s])
                    .as("%s loss of step %d", fixture, s)
                    .isCloseTo(expected[s], within(1e-4f * expected[s]));
        }
    }

    /** After one step the optimiser's momentum is gradient + weight decay x parameter. */
    private static void assertGradients(Moco moco, Fixture fixture, Layout layout) {
        float[] momentum = States.floats(moco.state(), "optimizer.momentum");
        float[] initial = States.floats(fixture.formula().parameters(layout));
        double decay = fixture.number("weight_decay");
        float[] expected = fixture.floats("grad_norms_step0");
        List<Entry> parameters = layout.parameters();
        assertThat(parameters).as(fixture + " parameters").hasSize(expected.length);
        for (int p = 0; p < expected.length; p++) {
            Entry entry = parameters.get(p);
            double squares = 0;
            int end = (int) (entry.offset() + entry.size());
            for (int i = (int) entry.offset(); i < end; i++) {
                double gradient = momentum[i] - decay * initial[i];
                squares += gradient * gradient;
            }
            assertThat(Math.sqrt(squares))
                    .as("%s gradient norm of %s", fixture, entry.name())
                    .isCloseTo(expected[p], within(1e-3 * expected[p]));
        }
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
