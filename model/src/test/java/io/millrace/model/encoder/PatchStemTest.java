package io.millrace.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.GradientCollector;
import io.millrace.model.torch.Operations;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Convolutions of patches beside what they are: a product of patches and weights. oneDNN has
 * kernels of their own for narrow ones, and not all that stride have been right.
 */
class PatchStemTest {

    private static final int N = 4;
    private static final int GRID = 7;

    @ParameterizedTest
    @CsvSource({
        "4, 1, FP32",
        "4, 3, FP32",
        "4, 8, FP32",
        "4, 12, FP32",
        "4, 16, FP32",
        "4, 64, FP32",
        "8, 1, FP32",
        "8, 8, FP32",
        "8, 24, FP32",
        "8, 64, FP32",
        "4, 8, BF16",
        "4, 64, BF16",
        "8, 8, BF16",
        "8, 24, BF16"
    })
    void convolution_andItsGradient_areAProduct(int patch, int width, Precision precision) {
        TestTorch.CPU.enter();
        try (NDManager step = TestTorch.CPU.newManager()) {
            int side = GRID * patch;
            NDArray pixels = uniform(step, new Shape(N, side, side, 3));
            NDArray weights = uniform(step, new Shape(width, 3, patch, patch));
            NDArray slope = uniform(step, new Shape(N, GRID, GRID, width));
            weights.setRequiresGradient(true);

            NDArray result;
            try (GradientCollector collector = TestTorch.CPU.record()) {
                result =
                        convolve(pixels.transpose(0, 3, 1, 2), weights, patch, precision)
                                .transpose(0, 2, 3, 1);
                collector.backward(result.mul(slope).sum());
            }

            NDArray patches = patches(pixels, patch); // (N * GRID * GRID, 3 * patch * patch)
            NDArray matrix = weights.stopGradient().reshape(width, -1);
            NDArray product = patches.matMul(matrix.transpose());
            // bf16 keeps eight bits of what is multiplied.
            double tolerance = precision == Precision.FP32 ? 1e-5 : 1e-2;
            assertClose(result.stopGradient().reshape(-1, width), product, tolerance);
            assumeFalse(
                    precision == Precision.BF16 && TestTorch.CPU.sumsInBf16(),
                    "this PyTorch sums gradients in bf16 on this CPU");
            NDArray slopes = slope.reshape(-1, width).transpose().matMul(patches);
            assertClose(weights.getGradient().reshape(width, -1), slopes, tolerance);
        }
    }

    private static NDArray convolve(NDArray x, NDArray weights, int patch, Precision precision) {
        Shape stride = new Shape(patch, patch);
        if (precision == Precision.FP32) {
            return Conv2d.conv2d(x, weights, null, stride).head();
        }
        Operations operations = TestTorch.CPU.operations();
        NDArray narrow = operations.toBf16(weights);
        return operations.toFp32(Conv2d.conv2d(operations.toBf16(x), narrow, null, stride).head());
    }

    /** A row for each patch, in the order of a weight's numbers. */
    private static NDArray patches(NDArray pixels, int patch) {
        return pixels.reshape(N, GRID, patch, GRID, patch, 3)
                .transpose(0, 1, 3, 5, 2, 4)
                .reshape(-1, 3L * patch * patch);
    }

    private static NDArray uniform(NDManager step, Shape shape) {
        return step.randomUniform(-1, 1, shape, DataType.FLOAT32);
    }

    private static void assertClose(NDArray actual, NDArray expected, double tolerance) {
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        double distance = actual.sub(expected).norm().getFloat();
        assertThat(distance / expected.norm().getFloat()).isCloseTo(0, within(tolerance));
    }
}
