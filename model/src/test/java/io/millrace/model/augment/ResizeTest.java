package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.image.RgbImage;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResizeTest {

    /** One pixel, around a strip of rows, and tall and wide enough for many taps. */
    private static final List<Integer> LENGTHS = List.of(1, 2, 3, 16, 63, 64, 65, 67, 129, 700);

    /** The same scratch serves all, whichever was larger before. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 33, 80})
    void apply_equalsTwoPassesOverPixels_atAnySize(int side) {
        Resize resize = new Resize(side);
        Planes planes = new Planes(side);
        Random random = new Random(side);
        for (int height : LENGTHS) {
            for (int width : LENGTHS) {
                check(resize, planes, random, new Box(2, 3, height, width));
            }
        }
        check(resize, planes, random, new Box(0, 0, 16_384, 1));
        check(resize, planes, random, new Box(0, 0, 1, 16_384));
        check(resize, planes, random, new Box(1, 1, 5, 5));
    }

    private static void check(Resize resize, Planes planes, Random random, Box crop) {
        int width = crop.left() + crop.width() + 1;
        int height = crop.top() + crop.height();
        // Longer than its pixels, as the decoder's memory may be.
        byte[] rgb = new byte[3 * width * height + random.nextInt(5)];
        random.nextBytes(rgb);
        RgbImage image = new RgbImage(width, height, rgb);

        resize.apply(image, crop, planes);

        assertThat(planes.interleaved(false))
                .as("%s to %d", crop, planes.side)
                .isEqualTo(expected(image, crop, planes.side));
    }

    private static byte[] expected(RgbImage image, Box crop, int side) {
        int line = 3 * crop.width();
        byte[] pixels = new byte[line * crop.height()];
        for (int y = 0; y < crop.height(); y++) {
            int from = 3 * ((crop.top() + y) * image.width() + crop.left());
            System.arraycopy(image.rgb(), from, pixels, y * line, line);
        }
        if (Resize.columnsFirst(crop.width(), crop.height(), side)) {
            return across(down(pixels, crop.height(), line, side), side, crop.width(), side);
        }
        return down(
                across(pixels, crop.height(), crop.width(), side), crop.height(), 3 * side, side);
    }

    /** Rows of {@code width} pixels brought to {@code side} pixels. */
    private static byte[] across(byte[] pixels, int height, int width, int side) {
        Triangle triangle = triangle(width, side);
        byte[] result = new byte[3 * side * height];
        for (int i = 0; i < result.length; i++) {
            int first = 3 * (i / (3 * side) * width + triangle.first[i / 3 % side]) + i % 3;
            result[i] = sum(pixels, first, 3, triangle, i / 3 % side);
        }
        return result;
    }

    /** Columns of {@code height} bytes brought to {@code side}; {@code line} bytes a row. */
    private static byte[] down(byte[] pixels, int height, int line, int side) {
        Triangle triangle = triangle(height, side);
        byte[] result = new byte[line * side];
        for (int i = 0; i < result.length; i++) {
            int first = triangle.first[i / line] * line + i % line;
            result[i] = sum(pixels, first, line, triangle, i / line);
        }
        return result;
    }

    private static Triangle triangle(int from, int to) {
        Triangle triangle = new Triangle(to);
        triangle.prepare(from);
        return triangle;
    }

    private static byte sum(byte[] pixels, int first, int step, Triangle triangle, int output) {
        long sum = 1 << (Triangle.BITS - 1);
        for (int tap = 0; tap < triangle.taps; tap++) {
            long weight = triangle.weights[output * triangle.taps + tap];
            sum += weight * (pixels[first + tap * step] & 0xff);
        }
        return (byte) (sum >> Triangle.BITS);
    }
}
