package io.millrace.model.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import org.junit.jupiter.api.Test;

class OperationsTest {

    @Test
    void toBf16_keepsEightBitsOfMantissa() {
        TestTorch.CPU.enter();
        Operations operations = TestTorch.CPU.operations();
        try (NDManager manager = TestTorch.CPU.newManager()) {
            NDArray x = manager.create(new float[] {1.0039062f, 3.1415927f, -0.3f});

            NDArray rounded = operations.toFp32(operations.toBf16(x));

            assertThat(rounded.toFloatArray()).containsExactly(bf16(x.toFloatArray()));
        }
    }

    @Test
    void casts_letTheGradientThrough() {
        TestTorch.CPU.enter();
        Operations operations = TestTorch.CPU.operations();
        try (NDManager manager = TestTorch.CPU.newManager()) {
            NDArray x = manager.create(new float[] {1, 2, 3});
            x.setRequiresGradient(true);

            try (GradientCollector collector = TestTorch.CPU.record()) {
                NDArray y = operations.toFp32(operations.toBf16(x));
                collector.backward(y.mul(y).sum());
            }

            assertThat(x.getGradient().toFloatArray()).containsExactly(2, 4, 6);
        }
    }

    /** Rounds to the nearest value with the lower 16 bits zero, ties to even. */
    private static float[] bf16(float[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int bits = Float.floatToIntBits(values[i]);
            bits += 0x7FFF + ((bits >>> 16) & 1);
            rounded[i] = Float.intBitsToFloat(bits & 0xFFFF0000);
        }
        return rounded;
    }
}
