package io.millrace.model.moco;

import static io.millrace.model.parity.Closeness.assertClose;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.moco.Contrast.MomentumCourse;
import io.millrace.model.parity.Formula;
import io.millrace.model.parity.LastBits;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.Safetensors;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of the mechanisms beside the queue against PyTorch's, see mechanism_fixtures.py. */
@Tag("parity")
class MechanismParityTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "end-to-end-simclr",
                "end-to-end-linear",
                "momentum-batch-moco-v3",
                "memory-bank-linear"
            })
    void step_agreesWithTheReference_whenWeightsAreTheSame(String name) throws IOException {
        var fixture = new Reference(name);
        LastBits.assertOnOneInput(bits -> assertStepsAgree(fixture, bits));
    }

    private static void assertStepsAgree(Reference fixture, LastBits bits) throws IOException {
        MocoSettings settings = fixture.settings();
        Layout layout = layout(settings.encoder().head(), settings);
        KeyOrder order =
                settings.batchNorm().shuffleKeys()
                        ? (pass, n) -> IntStream.range(0, n).map(i -> (5 * i + 3) % n).toArray()
                        : KeyOrder.unchanged();

        try (Moco moco = Moco.create(settings, TestTorch.CPU, order)) {
            moco.restore(initialState(moco, fixture, settings));
            float[] losses = new float[fixture.integer("steps")];
            for (int s = 0; s < losses.length; s++) {
                step(moco, fixture, s, bits);
                losses[s] = (float) moco.takeStatistics().loss();
                if (s == 0) {
                    assertGradients(moco, fixture, layout);
                }
            }

            assertClose("losses", losses, fixture.floats("losses"), 1e-4);
            assertEncoder("query", moco, fixture, layout);
            if (settings.contrast().mechanism().hasKeyEncoder()) {
                Head head = settings.encoder().head().withoutPredictor();
                assertEncoder("key", moco, fixture, layout(head, settings));
            }
            if (settings.contrast().mechanism() == Mechanism.MEMORY_BANK) {
                assertClose(
                        "bank",
                        States.floats(moco.state(), "bank.rows"),
                        fixture.floats("bank.rows"),
                        1e-4);
            }
        }
    }

    private static Layout layout(Head head, MocoSettings settings) {
        return Layout.of(settings.encoder().architecture(), head);
    }

    private static List<NamedArray> initialState(
            Moco moco, Reference fixture, MocoSettings settings) {
        Formula formula = new Formula(fixture.integer("base"));
        Layout query = layout(settings.encoder().head(), settings);
        Layout key = layout(settings.encoder().head().withoutPredictor(), settings);
        List<NamedArray> state = new ArrayList<>(moco.state());
        state.replaceAll(
                array ->
                        new NamedArray(
                                array.name(),
                                switch (array.name()) {
                                    case "query.parameters" -> formula.parameters(query);
                                    case "query.buffers" -> formula.buffers(query);
                                    case "key.parameters" -> formula.parameters(key);
                                    case "key.buffers" -> formula.buffers(key);
                                    case "bank.rows" ->
                                            direct(
                                                    formula.queueRows(
                                                            fixture.integer("D"),
                                                            fixture.integer("M")));
                                    default -> array.data();
                                }));
        return state;
    }

    private static ByteBuffer direct(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Float.BYTES)
                        .order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    private static void step(Moco moco, Reference fixture, int s, LastBits bits) {
        int n = fixture.integer("N");
        int side = fixture.integer("side");
        Formula formula = new Formula(fixture.integer("base"));
        Shape shape = new Shape(n, 3, side, side);
        long[] images = LongStream.range(4L * s, 4L * s + n).toArray();
        try (NDManager manager = TestTorch.CPU.newManager()) {
            NDArray x1 = manager.create(images(formula, 910 + 2L * s, n, side, bits), shape);
            NDArray x2 = manager.create(images(formula, 911 + 2L * s, n, side, bits), shape);
            moco.step(x1, x2, images);
        }
    }

    private static float[] images(Formula formula, long t, int n, int side, LastBits bits) {
        return bits.change(t, formula.images(t, n, side));
    }

    /** After one step the optimiser's momentum is gradient + weight decay x parameter. */
    private static void assertGradients(Moco moco, Reference fixture, Layout layout) {
        float[] momentum = States.floats(moco.state(), "optimizer.momentum");
        float[] initial = States.floats(new Formula(fixture.integer("base")).parameters(layout));
        double decay = fixture.number("weight_decay");
        float[] expected = fixture.floats("grad_norms_step0");
        List<Entry> parameters = layout.parameters();
        assertThat(parameters).hasSize(expected.length);
        for (int p = 0; p < expected.length; p++) {
            Entry entry = parameters.get(p);
            double squares = 0;
            int end = (int) (entry.offset() + entry.size());
            for (int i = (int) entry.offset(); i < end; i++) {
                squares += Math.pow(momentum[i] - decay * initial[i], 2);
            }
            assertThat(Math.sqrt(squares))
                    .as("gradient norm of " + entry.name())
                    .isCloseTo(expected[p], within(1e-3 * expected[p]));
        }
    }

    private static void assertEncoder(String name, Moco moco, Reference fixture, Layout layout) {
        float[] parameters = States.floats(moco.state(), name + ".parameters");
        float[] buffers = States.floats(moco.state(), name + ".buffers");
        List<Entry> entries =
                layout.entries().stream().filter(e -> e.kind() != Entry.Kind.BATCHES).toList();
        float[] norms = fixture.floats(name + ".norms");
        float[] sums = fixture.floats(name + ".sums");
        assertThat(norms).hasSize(entries.size());
        for (int t = 0; t < norms.length; t++) {
            Entry entry = entries.get(t);
            float[] flat = entry.kind().isParameter() ? parameters : buffers;
            int from = (int) entry.offset();
            float[] values = Arrays.copyOfRange(flat, from, from + (int) entry.size());
            double sum = 0;
            double squares = 0;
            for (float value : values) {
                sum += value;
                squares += (double) value * value;
            }
            assertThat(Math.sqrt(squares))
                    .as("%s norm of %s", name, entry.name())
                    .isCloseTo(norms[t], within(1e-3 * norms[t]));
            assertThat(sum)
                    .as("%s sum of %s", name, entry.name())
                    .isCloseTo(sums[t], within(1e-3 * norms[t] * Math.sqrt(values.length)));
        }
    }

    /** One file of the test's resources. */
    private static final class Reference {

        private final Map<String, String> metadata;
        private final List<NamedTensor> tensors;

        Reference(String name) throws IOException {
            String resource = "/mechanisms/" + name + ".safetensors";
            try (InputStream file = MechanismParityTest.class.getResourceAsStream(resource)) {
                assertThat(file).as(resource).isNotNull();
                Safetensors.Contents contents = Safetensors.decode(file.readAllBytes());
                metadata = contents.metadata();
                tensors = contents.tensors();
            }
        }

        String text(String key) {
            assertThat(metadata).containsKey(key);
            return requireNonNull(metadata.get(key));
        }

        int integer(String key) {
            return Integer.parseInt(text(key));
        }

        double number(String key) {
            return Double.parseDouble(text(key));
        }

        float[] floats(String name) {
            NamedTensor tensor =
                    tensors.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
            ByteBuffer data = tensor.data().slice().order(ByteOrder.LITTLE_ENDIAN);
            float[] values = new float[data.remaining() / Float.BYTES];
            data.asFloatBuffer().get(values);
            return values;
        }

        MocoSettings settings() {
            int splits = integer("bn_splits");
            return new MocoSettings(
                    new EncoderSettings(
                            Architecture.resnet18(Architecture.Stem.CIFAR),
                            new Head(
                                    constant(Head.Kind.class, "head"),
                                    integer("D"),
                                    integer("hidden"),
                                    integer("predictor")),
                            Normalization.IMAGENET,
                            Precision.FP32),
                    integer("side"),
                    integer("N"),
                    new Contrast(
                            constant(Mechanism.class, "mechanism"),
                            integer("K"),
                            number("T"),
                            number("m"),
                            MomentumCourse.COSINE,
                            false,
                            new Contrast.Bank(integer("M"), number("bank_momentum"))),
                    new BatchNormSplits(splits, splits > 1),
                    new Sgd(number("lr"), number("momentum"), number("weight_decay")),
                    new Schedule(Schedule.Kind.CONSTANT, integer("schedule_steps")),
                    0);
        }

        private <E extends Enum<E>> E constant(Class<E> type, String key) {
            return Enum.valueOf(type, text(key).replace('-', '_').toUpperCase(Locale.ROOT));
        }
    }
}
