package io.millrace.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.TestTorch;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every level of every channel, against torchvision's ToTensor and Normalize. */
@Tag("parity")
class PreprocessingTest {

    private static final int SIDE = 16;
    private static final int LEVELS = SIDE * SIDE;

    static Stream<Arguments> normalizations() {
        return Stream.of(
                Arguments.argumentSet("ImageNet", Normalization.IMAGENET),
                Arguments.argumentSet("CIFAR-10", Normalization.CIFAR10));
    }

    @ParameterizedTest
    @MethodSource("normalizations")
    void input_equalsToTensorAndNormalize_onEveryLevel(Normalization normalization) {
        float[] input = input(normalization);

        for (int channel = 0; channel < 3; channel++) {
            double mean = normalization.mean().get(channel);
            double std = normalization.std().get(channel);
            for (int i = 0; i < LEVELS; i++) {
                int level = level(channel, i);
                float value = input[channel * LEVELS + i];
                assertThat((double) value)
                        .as("level %d of channel %d", level, channel)
                        .isCloseTo((level / 255.0 - mean) / std, within(1e-6));
                // To the bit: torchvision 0.28.0 rounds in the same places, on a CPU.
                assertThat(value)
                        .as("level %d of channel %d", level, channel)
                        .isEqualTo((level / 255f - (float) mean) / (float) std);
            }
        }
    }

    /** An image that has each level once in each channel: (3, side, side), row-major. */
    private static float[] input(Normalization normalization) {
        ByteBuffer views = ByteBuffer.allocateDirect(3 * LEVELS);
        for (int i = 0; i < LEVELS; i++) {
            for (int channel = 0; channel < 3; channel++) {
                views.put((byte) level(channel, i));
            }
        }
        views.flip();
        try (var preprocessing = new Preprocessing(TestTorch.CPU, normalization, SIDE);
                NDManager step = TestTorch.CPU.newManager();
                var order = new RowOrder(step, new int[] {0}, 1);
                NDArray input = preprocessing.input(step, views, order)) {
            assertThat(input.getShape()).isEqualTo(new Shape(1, 3, SIDE, SIDE));
            return input.toFloatArray();
        }
    }

    /** Another order in each channel, so that none can stand for another. */
    private static int level(int channel, int pixel) {
        return switch (channel) {
            case 0 -> pixel;
            case 1 -> 255 - pixel;
            default -> (7 * pixel + 3) % 256;
        };
    }
}
