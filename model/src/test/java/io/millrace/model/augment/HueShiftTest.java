package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("parity")
class HueShiftTest {

    /**
     * Each of the 2^24 colours, shifted by 0, 20 and 236, gives the bytes that Pillow 12.3.0 gives.
     */
    @Test
    void apply_equalsPillow_onEveryColour() {
        assertThat(checkSum(0)).isEqualTo(0xfda7ecb5L);
        assertThat(checkSum(20)).isEqualTo(0x51fecb6dL);
        assertThat(checkSum(236)).isEqualTo(0x346c892cL);
    }

    /**
     * Every saturation and value that a colour can have, at each of the 256 hues, gives the bytes
     * that Pillow 12.3.0 gives: 16.7 million inputs of HSV to RGB.
     */
    @Test
    void apply_equalsPillow_atEveryHueSaturationAndValue() {
        HueShift hue = new HueShift();
        CRC32 sum = new CRC32();
        Planes planes = new Planes(256);
        for (int shift = 0; shift < 256; shift++) {
            for (int i = 0; i < 1 << 16; i++) {
                int value = i >> 8;
                planes.red[i] = value;
                planes.green[i] = value - Math.min(value, i & 255);
                planes.blue[i] = planes.green[i];
            }
            hue.apply(planes, shift);
            sum.update(ByteBuffer.wrap(planes.interleaved(false)));
        }

        assertThat(sum.getValue()).isEqualTo(0x9a6d7edfL);
    }

    /** Pixels are shifted in blocks, of which a picture's last may be short. */
    @Test
    void apply_isTheSame_whereverAPixelLies() {
        HueShift hue = new HueShift();
        for (int round = 0; round < 2; round++) {
            Planes small = noise(33, round);
            Planes large = noise(64, round);

            hue.apply(small, 31);
            hue.apply(large, 31);

            assertThat(small.red).isEqualTo(Arrays.copyOf(large.red, 33 * 33));
            assertThat(small.green).isEqualTo(Arrays.copyOf(large.green, 33 * 33));
            assertThat(small.blue).isEqualTo(Arrays.copyOf(large.blue, 33 * 33));
        }
    }

    private static Planes noise(int side, int seed) {
        Planes planes = new Planes(side);
        Random random = new Random(seed);
        for (int i = 0; i < planes.size(); i++) {
            planes.red[i] = random.nextInt(256);
            planes.green[i] = random.nextInt(256);
            planes.blue[i] = random.nextInt(256);
        }
        return planes;
    }

    /** All that apply divides: v * (65025 - s * rem) + 32512, of levels from 0 to 255. */
    @Test
    void dividedBy65025_isTheQuotient_upToTheGreatestNumerator() {
        for (int n = 0; n <= 255 * 65025 + 32512; n++) {
            if (HueShift.dividedBy65025(n) != n / 65025) {
                assertThat(HueShift.dividedBy65025(n)).as("%d / 65025", n).isEqualTo(n / 65025);
            }
        }
    }

    /** CRC-32 of the interleaved results, colours in ascending order of R, G, B. */
    private static long checkSum(int shift) {
        Planes planes = new Planes(256);
        HueShift hue = new HueShift();
        CRC32 sum = new CRC32();
        for (int red = 0; red < 256; red++) {
            for (int i = 0; i < 1 << 16; i++) {
                planes.red[i] = red;
                planes.green[i] = i >> 8;
                planes.blue[i] = i & 255;
            }
            hue.apply(planes, shift);
            sum.update(ByteBuffer.wrap(planes.interleaved(false)));
        }
        return sum.getValue();
    }
}
