package io.millrace.model.augment;

import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.image.RgbImage;
import java.util.Arrays;

/**
 * A crop brought to a square, bit for bit as Pillow does it with its bilinear filter: first along
 * rows, then along columns, each rounded to 8 bits.
 */
final class Resize {

    private static final int HALF = 1 << (Triangle.BITS - 1);
    /** So many times as high as wide. */
    private static final int TALL = 100;

    private static final long HALVES = HALF | ((long) HALF << 32);

    private final int side;
    private final Triangle across;
    private final Triangle down;

    private long[] redGreen = {};
    private int[] blue = {};

    /** Rows of the crop at their final width: red, then green, then blue. */
    private int[][] rows = {};

    private final int[] sum;

    Resize(int side) {
        this.side = side;
        across = new Triangle(side);
        down = new Triangle(side);
        sum = new int[3 * side];
    }

    void apply(RgbImage image, Box crop, Planes planes) {
        across.prepare(crop.width());
        down.prepare(crop.height());
        if (crop.height() > TALL * (long) crop.width() && side < crop.height()) {
            grow(crop.width(), 1);
            tall(image, crop, planes);
            return;
        }
        grow(crop.width(), crop.height());
        for (int y = 0; y < crop.height(); y++) {
            int from = 3 * ((crop.top() + y) * image.width() + crop.left());
            unpack(image.rgb(), from, redGreen, blue, crop.width());
            narrow(rows[y]);
        }
        for (int y = 0; y < side; y++) {
            sumRows(y);
            System.arraycopy(sum, 0, planes.red, y * side, side);
            System.arraycopy(sum, side, planes.green, y * side, side);
            System.arraycopy(sum, 2 * side, planes.blue, y * side, side);
        }
    }

    /** Columns first, as Pillow from 12.3 on brings very tall pictures down. */
    private void tall(RgbImage image, Box crop, Planes planes) {
        byte[] rgb = image.rgb();
        int[] row = rows[0];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < crop.width(); x++) {
                long two = HALVES;
                int one = HALF;
                for (int k = 0; k < down.taps; k++) {
                    int line = crop.top() + down.first[y] + k;
                    int at = 3 * (line * image.width() + crop.left() + x);
                    int weight = down.weights[y * down.taps + k];
                    two += weight * ((rgb[at] & 0xff) | ((long) (rgb[at + 1] & 0xff) << 32));
                    one += weight * (rgb[at + 2] & 0xff);
                }
                redGreen[x] = (two >>> Triangle.BITS & 0xff) | (two >>> (32 + Triangle.BITS) << 32);
                blue[x] = one >> Triangle.BITS;
            }
            narrow(row);
            System.arraycopy(row, 0, planes.red, y * side, side);
            System.arraycopy(row, side, planes.green, y * side, side);
            System.arraycopy(row, 2 * side, planes.blue, y * side, side);
        }
    }

    private void grow(int width, int height) {
        if (blue.length < width) {
            redGreen = new long[width];
            blue = new int[width];
        }
        int known = rows.length;
        if (known < height) {
            rows = Arrays.copyOf(rows, height);
            for (int y = known; y < height; y++) {
                rows[y] = new int[3 * side];
            }
        }
    }

    /** One row of the crop apart: red and green in one long, so that one product serves both. */
    private static void unpack(byte[] rgb, int from, long[] redGreen, int[] blue, int width) {
        int at = from;
        for (int x = 0; x < width; x++) {
            redGreen[x] = (rgb[at] & 0xff) | ((long) (rgb[at + 1] & 0xff) << 32);
            blue[x] = rgb[at + 2] & 0xff;
            at += 3;
        }
    }

    /** One row, horizontally. Two and four taps, enough down to half the size, need no loop. */
    private void narrow(int[] row) {
        switch (across.taps) {
            case 2 -> narrowBy2(row, redGreen, blue, across.first, across.weights);
            case 4 -> narrowBy4(row, redGreen, blue, across.first, across.weights);
            default -> narrowByAny(row);
        }
    }

    private void narrowByAny(int[] row) {
        int[] weights = across.weights;
        int taps = across.taps;
        for (int x = 0; x < side; x++) {
            long two = HALVES;
            int one = HALF;
            int at = across.first[x];
            for (int k = x * taps; k < (x + 1) * taps; k++) {
                two += weights[k] * redGreen[at];
                one += weights[k] * blue[at];
                at++;
            }
            put(row, x, side, two, one);
        }
    }

    private static void narrowBy2(
            int[] row, long[] redGreen, int[] blue, int[] first, int[] weights) {
        for (int x = 0; x < first.length; x++) {
            int at = first[x];
            int a = weights[2 * x];
            int b = weights[2 * x + 1];
            long two = HALVES + a * redGreen[at] + b * redGreen[at + 1];
            put(row, x, first.length, two, HALF + a * blue[at] + b * blue[at + 1]);
        }
    }

    private static void narrowBy4(
            int[] row, long[] redGreen, int[] blue, int[] first, int[] weights) {
        for (int x = 0; x < first.length; x++) {
            int at = first[x];
            int a = weights[4 * x];
            int b = weights[4 * x + 1];
            int c = weights[4 * x + 2];
            int d = weights[4 * x + 3];
            long two = a * redGreen[at] + b * redGreen[at + 1];
            int one = a * blue[at] + b * blue[at + 1];
            two += HALVES + c * redGreen[at + 2] + d * redGreen[at + 3];
            one += HALF + c * blue[at + 2] + d * blue[at + 3];
            put(row, x, first.length, two, one);
        }
    }

    /** Sums stay below 2^31, so red never carries into green. */
    private static void put(int[] row, int x, int side, long redGreen, int blue) {
        row[x] = (int) redGreen >> Triangle.BITS;
        row[side + x] = (int) (redGreen >> (32 + Triangle.BITS));
        row[2 * side + x] = blue >> Triangle.BITS;
    }

    /** One row of the result, vertically. */
    private void sumRows(int y) {
        Arrays.fill(sum, HALF);
        int weight = y * down.taps;
        int row = down.first[y];
        int last = row + down.taps;
        for (; row + 1 < last; row += 2, weight += 2) {
            addTwo(sum, rows[row], down.weights[weight], rows[row + 1], down.weights[weight + 1]);
        }
        if (row < last) {
            add(sum, rows[row], down.weights[weight]);
        }
        round(sum);
    }

    private static void add(int[] sum, int[] row, int weight) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * row[i];
        }
    }

    private static void addTwo(int[] sum, int[] row, int weight, int[] next, int nextWeight) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * row[i] + nextWeight * next[i];
        }
    }

    private static void round(int[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] >>= Triangle.BITS;
        }
    }
}
