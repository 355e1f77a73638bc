package io.millrace.model.encoder;

import static io.millrace.model.parity.Closeness.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.parity.Fixture;
import io.millrace.model.parity.Formula;
import io.millrace.model.torch.Floats;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Features of torchvision's networks with the same weights. */
@Tag("parity")
class EncoderParityTest {

    private static final Head HEAD = new Head(Head.Kind.LINEAR, 128);

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50"})
    void forward_agreesWithTorchvision_whenWeightsAreTheSame(String name) throws Exception {
        Fixture fixture = Fixture.read("encoder-" + name);
        Formula formula = fixture.formula();
        Architecture architecture =
                name.equals("resnet18")
                        ? Architecture.resnet18(Stem.IMAGENET)
                        : Architecture.resnet50(Stem.IMAGENET);
        TestTorch.CPU.enter();

        try (Encoder encoder =
                        Encoder.create(TestTorch.CPU, architecture, HEAD, Precision.FP32, 0);
                NDManager step = TestTorch.CPU.newManager()) {
            Floats.write(encoder.parameters(), formula.parameters(encoder.layout()));
            Floats.write(encoder.buffers(), formula.buffers(encoder.layout()));
            RowOrder order = new RowOrder(step, new int[] {0, 1}, 1);
            NDArray images = step.create(formula.images(900, 2, 64), new Shape(2, 3, 64, 64));

            float[] evaluated =
                    encoder.forward(images, order, Pass.EVALUATION).features().toFloatArray();
            float[] trained =
                    encoder.forward(images, order, Pass.WITH_GRADIENT).features().toFloatArray();

            assertClose("eval", evaluated, fixture.floats("features_eval"), 1e-4);
            assertClose("train", trained, fixture.floats("features_train"), 1e-4);
            float[] buffers = floats(Floats.read(encoder.buffers()));
            assertClose(
                    "bn1.running_mean",
                    Arrays.copyOfRange(buffers, 0, 64),
                    fixture.floats("bn1.running_mean_after_train"),
                    1e-4);
            assertClose(
                    "bn1.running_var",
                    Arrays.copyOfRange(buffers, 64, 128),
                    fixture.floats("bn1.running_var_after_train"),
                    1e-4);
        }
    }

    private static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
        return values;
    }
}
