package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every value on every base, against Pillow's float formula. */
@Tag("parity")
class BlendTest {

    private final Blend blend = new Blend();

    @Test
    void apply_equalsFloatArithmetic_whenAlphaIsDrawn() {
        Random random = new Random(4);
        for (int i = 0; i < 60; i++) {
            assertEqualsFloat((float) (0.4 + 1.2 * random.nextDouble()));
        }
    }

    @Test
    void apply_equalsFloatArithmetic_whenProductsFallOnIntegers() {
        for (float alpha :
                new float[] {
                    0, 0.2f, 0.5f, 0.6f, 0.8f, 1, 1.1f, 1.2f, 1.4f, 1.6f, 2, 0.99999994f
                }) {
            assertEqualsFloat(alpha);
        }
    }

    private void assertEqualsFloat(float alpha) {
        blend.prepare(alpha);
        for (int base = 0; base < 256; base++) {
            int[] same = new int[256];
            int[] bases = new int[256];
            int[] each = new int[256];
            int[] expected = new int[256];
            for (int value = 0; value < 256; value++) {
                same[value] = value;
                each[value] = value;
                bases[value] = base;
                float blended = base + alpha * (value - base);
                expected[value] = (int) Math.max(0, Math.min(255, blended));
            }
            blend.apply(same, base);
            blend.apply(each, bases);
            assertThat(same).as("alpha %s, base %d", alpha, base).isEqualTo(expected);
            assertThat(each).as("alpha %s, base %d", alpha, base).isEqualTo(expected);
        }
    }
}
