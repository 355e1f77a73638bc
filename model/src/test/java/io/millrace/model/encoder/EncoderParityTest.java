package io.millrace.model.encoder;

import static io.millrace.model.parity.Closeness.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.parity.Fixture;
import io.millrace.model.parity.ParityFolder;
import io.millrace.model.torch.Floats;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Features of torchvision's networks with the same weights. */
@Tag("parity")
class EncoderParityTest {

    private static final Head HEAD = new Head(Head.Kind.LINEAR, 128);

    static Stream<Arguments> fixtures() {
        return ParityFolder.fixtures("encoder-");
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void forward_agreesWithTorchvision_whenWeightsAreTheSame(Path file) throws IOException {
        Fixture fixture = Fixture.read(file);
        Architecture architecture = fixture.architecture();
        TestTorch.CPU.enter();
        try (Encoder encoder =
                        Encoder.create(TestTorch.CPU, architecture, HEAD, Precision.FP32, 0);
                NDManager step = TestTorch.CPU.newManager()) {
            Floats.write(encoder.parameters(), fixture.formula().parameters(encoder.layout()));
            Floats.write(encoder.buffers(), fixture.formula().buffers(encoder.layout()));
            Fixture.Input input = fixture.input();
            int[] rows = IntStream.range(0, input.n()).toArray();
            var order = new RowOrder(step, rows, fixture.splits());
            Shape shape = new Shape(input.n(), 3, input.side(), input.side());
            NDArray images =
                    order.apply(TestTorch.CPU.operations(), step.create(input.images(), shape));

            // In this order: a pass in training mode moves the statistics that the other uses.
            float[] evaluated = features(encoder, images, order, Pass.EVALUATION);
            float[] trained = features(encoder, images, order, Pass.WITH_GRADIENT);

            assertClose(fixture + " eval", evaluated, fixture.floats("features_eval"), 1e-4);
            assertClose(fixture + " train", trained, fixture.floats("features_train"), 1e-4);
            assertStatistics(fixture, encoder);
        }
    }

    private static float[] features(Encoder encoder, NDArray images, RowOrder order, Pass pass) {
        return encoder.forward(images, order, pass).features().toFloatArray();
    }

    /** The first batch norm's statistics are the first of all buffers. */
    private static void assertStatistics(Fixture fixture, Encoder encoder) {
        float[] buffers = floats(Floats.read(encoder.buffers()));
        float[] mean = fixture.floats("bn1.running_mean_after_train");
        float[] variance = fixture.floats("bn1.running_var_after_train");
        int channels = mean.length;
        float[] actualMean = Arrays.copyOf(buffers, channels);
        float[] actualVariance = Arrays.copyOfRange(buffers, channels, 2 * channels);
        assertClose(fixture + " bn1.running_mean", actualMean, mean, 1e-4);
        assertClose(fixture + " bn1.running_var", actualVariance, variance, 1e-4);
    }

    private static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
        return values;
    }
}
