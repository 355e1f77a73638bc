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

    // Two rows of the crop, apart: six samples of a column in three longs, so that three products
    // serve all of them.
    private long[] pairs = {};

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
        if (columnsFirst(crop.width(), crop.height(), side)) {
            grow(crop.width(), 2);
            tall(image, crop, planes);
            return;
        }
        grow(crop.width(), crop.height());
        for (int y = 0; y < crop.height(); y += 2) {
            int next = Math.min(y + 1, crop.height() - 1);
            int from = 3 * ((crop.top() + y) * image.width() + crop.left());
            int fromNext = from + 3 * (next - y) * image.width();
            unpack(image.rgb(), from, fromNext, pairs, crop.width());
            narrow(rows[y], rows[next]);
        }
        for (int y = 0; y < side; y++) {
            sumRows(y);
            System.arraycopy(sum, 0, planes.red, y * side, side);
            System.arraycopy(sum, side, planes.green, y * side, side);
            System.arraycopy(sum, 2 * side, planes.blue, y * side, side);
        }
    }

    /** Whether Pillow, from 12.3 on, resizes along columns before rows: very tall pictures. */
    static boolean columnsFirst(int width, int height, int newHeight) {
        return height > TALL * (long) width && newHeight < height;
    }

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
                long green = two >>> (32 + Triangle.BITS);
                pairs[3 * x] = (two >>> Triangle.BITS & 0xff) | (green << 32);
                pairs[3 * x + 1] = one >> Triangle.BITS;
            }
            narrow(row, rows[1]);
            System.arraycopy(row, 0, planes.red, y * side, side);
            System.arraycopy(row, side, planes.green, y * side, side);
            System.arraycopy(row, 2 * side, planes.blue, y * side, side);
        }
    }

    private void grow(int width, int height) {
        if (pairs.length < 3 * width) {
            pairs = new long[3 * width];
        }
        int known = rows.length;
        if (known < height) {
            rows = Arrays.copyOf(rows, height);
            for (int y = known; y < height; y++) {
                rows[y] = new int[3 * side];
            }
        }
    }

    private static void unpack(byte[] rgb, int from, int next, long[] pairs, int width) {
        int a = from;
        int b = next;
        for (int to = 0; to < 3 * width; to += 3) {
            pairs[to] = (rgb[a] & 0xff) | ((long) (rgb[a + 1] & 0xff) << 32);
            pairs[to + 1] = (rgb[a + 2] & 0xff) | ((long) (rgb[b] & 0xff) << 32);
            pairs[to + 2] = (rgb[b + 1] & 0xff) | ((long) (rgb[b + 2] & 0xff) << 32);
            a += 3;
            b += 3;
        }
    }

    /** Two rows, horizontally. Two and four taps, enough down to half the size, need no loop. */
    private void narrow(int[] row, int[] next) {
        switch (across.taps) {
            case 2 -> narrowBy2(row, next, pairs, across.first, across.weights);
            case 4 -> narrowBy4(row, next, pairs, across.first, across.weights);
            default -> narrowByAny(row, next);
        }
    }

    private void narrowByAny(int[] row, int[] next) {
        int[] weights = across.weights;
        int taps = across.taps;
        for (int x = 0; x < side; x++) {
            long p = HALVES;
            long q = HALVES;
            long r = HALVES;
            int at = 3 * across.first[x];
            for (int k = x * taps; k < (x + 1) * taps; k++) {
                long weight = weights[k];
                p += weight * pairs[at];
                q += weight * pairs[at + 1];
                r += weight * pairs[at + 2];
                at += 3;
            }
            put(row, next, x, side, p, q, r);
        }
    }

    private static void narrowBy2(int[] row, int[] next, long[] in, int[] first, int[] weights) {
        int side = first.length;
        for (int x = 0; x < side; x++) {
            int at = 3 * first[x];
            long a = weights[2 * x];
            long b = weights[2 * x + 1];
            long p = HALVES + a * in[at] + b * in[at + 3];
            long q = HALVES + a * in[at + 1] + b * in[at + 4];
            long r = HALVES + a * in[at + 2] + b * in[at + 5];
            put(row, next, x, side, p, q, r);
        }
    }

    private static void narrowBy4(int[] row, int[] next, long[] in, int[] first, int[] weights) {
        int side = first.length;
        for (int x = 0; x < side; x++) {
            int at = 3 * first[x];
            long a = weights[4 * x];
            long b = weights[4 * x + 1];
            long c = weights[4 * x + 2];
            long d = weights[4 * x + 3];
            long p = HALVES + a * in[at] + b * in[at + 3] + c * in[at + 6] + d * in[at + 9];
            long q = HALVES + a * in[at + 1] + b * in[at + 4] + c * in[at + 7] + d * in[at + 10];
            long r = HALVES + a * in[at + 2] + b * in[at + 5] + c * in[at + 8] + d * in[at + 11];
            put(row, next, x, side, p, q, r);
        }
    }

    /** Sums stay below 2^31, so the lower sample never carries into the upper one. */
    private static void put(
            int[] row, int[] next, int x, int side, long redGreen, long blueRed, long greenBlue) {
        row[x] = (int) redGreen >> Triangle.BITS;
        row[side + x] = (int) (redGreen >> (32 + Triangle.BITS));
        row[2 * side + x] = (int) blueRed >> Triangle.BITS;
        next[x] = (int) (blueRed >> (32 + Triangle.BITS));
        next[side + x] = (int) greenBlue >> Triangle.BITS;
        next[2 * side + x] = (int) (greenBlue >> (32 + Triangle.BITS));
    }

    /** One row of the result, vertically. */
    private void sumRows(int y) {
        int weight = y * down.taps;
        int row = down.first[y];
        if (down.taps == 2) {
            sum2(sum, rows, row, down.weights, weight);
            return;
        }
        if (down.taps == 4) {
            sum4(sum, rows, row, down.weights, weight);
            return;
        }
        Arrays.fill(sum, HALF);
        int last = row + down.taps;
        for (; row + 1 < last; row += 2, weight += 2) {
            addTwo(sum, rows[row], down.weights[weight], rows[row + 1], down.weights[weight + 1]);
        }
        if (row < last) {
            add(sum, rows[row], down.weights[weight]);
        }
        round(sum);
    }

    private static void sum2(int[] sum, int[][] rows, int row, int[] weights, int weight) {
        int[] a = rows[row];
        int[] b = rows[row + 1];
        int ofA = weights[weight];
        int ofB = weights[weight + 1];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (HALF + ofA * a[i] + ofB * b[i]) >> Triangle.BITS;
        }
    }

    private static void sum4(int[] sum, int[][] rows, int row, int[] weights, int weight) {
        int[] a = rows[row];
        int[] b = rows[row + 1];
        int[] c = rows[row + 2];
        int[] d = rows[row + 3];
        int ofA = weights[weight];
        int ofB = weights[weight + 1];
        int ofC = weights[weight + 2];
        int ofD = weights[weight + 3];
        for (int i = 0; i < sum.length; i++) {
            int four = ofA * a[i] + ofB * b[i] + ofC * c[i] + ofD * d[i];
            sum[i] = (HALF + four) >> Triangle.BITS;
        }
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
