package io.millrace.model.augment;

import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.image.RgbImage;
import java.util.Arrays;

/**
 * A crop brought to a square, bit for bit as Pillow does it with its bilinear filter: first along
 * rows, then along columns, each rounded to 8 bits.
 *
 * <p>Sums are of whole lines, so that C2 vectorises them: for those along rows, a strip of rows is
 * turned into columns, and its sums are turned back.
 */
final class Resize {

    private static final int HALF = 1 << (Triangle.BITS - 1);

    /** So many times as high as wide. */
    private static final int TALL = 100;

    /** Rows of a strip, which is summed whole: few, so that a crop's last has few too many. */
    private static final int STRIP = 64;

    private final int side;
    private final Triangle across;
    private final Triangle down;

    /** A strip's columns: packed, and red, then green, then blue. */
    private int[][] turned = {};

    private int[][] columns = {};

    /** A strip at its final width: columns, then rows, packed. */
    private final int[][] narrowed;

    private final int[][] turnedBack;

    /** All rows of the crop at their final width: red, then green, then blue. */
    private int[][] rows = {};

    private final int[] levels;
    private final int[] column = new int[3 * STRIP];
    private final int[] row;

    Resize(int side) {
        this.side = side;
        across = new Triangle(side);
        down = new Triangle(side);
        narrowed = new int[side][STRIP];
        turnedBack = new int[STRIP][side];
        levels = new int[side];
        row = new int[3 * side];
    }

    void apply(RgbImage image, Box crop, Planes planes) {
        if (columnsFirst(crop.width(), crop.height(), side)) {
            apply(lowered(image, crop), new Box(0, 0, side, crop.width()), planes);
            return;
        }
        across.prepare(crop.width());
        down.prepare(crop.height());
        grow(crop.width(), crop.height());
        for (int top = 0; top < crop.height(); top += STRIP) {
            int count = Math.min(STRIP, crop.height() - top);
            turn(image, crop, top, count);
            for (int x = 0; x < crop.width(); x++) {
                unpack(turned[x], columns[x]);
            }
            for (int x = 0; x < side; x++) {
                sum(columns, across, x, column);
                pack(column, narrowed[x]);
            }
            Packed.transpose(narrowed, turnedBack);
            for (int y = 0; y < count; y++) {
                unpackRow(turnedBack[y], rows[top + y]);
            }
        }
        for (int y = 0; y < side; y++) {
            sum(rows, down, y, row);
            System.arraycopy(row, 0, planes.red, y * side, side);
            System.arraycopy(row, side, planes.green, y * side, side);
            System.arraycopy(row, 2 * side, planes.blue, y * side, side);
        }
    }

    /** Whether Pillow, from 12.3 on, resizes along columns before rows: very tall pictures. */
    static boolean columnsFirst(int width, int height, int newHeight) {
        return height > TALL * (long) width && newHeight < height;
    }

    /** A tall crop at its final height, in memory of its own: no crop that is drawn is so tall. */
    private RgbImage lowered(RgbImage image, Box crop) {
        down.prepare(crop.height());
        byte[] from = image.rgb();
        byte[] rgb = new byte[3 * crop.width() * side];
        int line = 3 * image.width();
        int first = 3 * (crop.top() * image.width() + crop.left());
        int to = 0;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < 3 * crop.width(); x++) {
                int sum = HALF;
                int at = first + down.first[y] * line + x;
                for (int k = y * down.taps; k < (y + 1) * down.taps; k++) {
                    sum += down.weights[k] * (from[at] & 0xff);
                    at += line;
                }
                rgb[to++] = (byte) (sum >> Triangle.BITS);
            }
        }
        return new RgbImage(crop.width(), side, rgb);
    }

    private void grow(int width, int height) {
        int wide = columns.length;
        if (wide < width) {
            turned = Arrays.copyOf(turned, width);
            columns = Arrays.copyOf(columns, width);
            for (int x = wide; x < width; x++) {
                turned[x] = new int[STRIP];
                columns[x] = new int[3 * STRIP];
            }
        }
        int high = rows.length;
        if (high < height) {
            rows = Arrays.copyOf(rows, height);
            for (int y = high; y < height; y++) {
                rows[y] = new int[3 * side];
            }
        }
    }

    /** Four rows at a time, as long as there are so many. */
    private void turn(RgbImage image, Box crop, int top, int count) {
        int line = 3 * image.width();
        int at = (crop.top() + top) * line + 3 * crop.left();
        int y = 0;
        for (; y + 4 <= count; y += 4) {
            turnFour(image.rgb(), at + y * line, line, turned, crop.width(), y);
        }
        for (; y < count; y++) {
            for (int x = 0; x < crop.width(); x++) {
                turned[x][y] = Packed.load(image.rgb(), at + y * line + 3 * x);
            }
        }
    }

    private static void turnFour(
            byte[] rgb, int first, int line, int[][] columns, int width, int y) {
        int at = first;
        for (int x = 0; x < width; x++) {
            int[] column = columns[x];
            column[y] = Packed.load(rgb, at);
            column[y + 1] = Packed.load(rgb, at + line);
            column[y + 2] = Packed.load(rgb, at + 2 * line);
            column[y + 3] = Packed.load(rgb, at + 3 * line);
            at += 3;
        }
    }

    private static void unpack(int[] packed, int[] column) {
        for (int i = 0; i < STRIP; i++) {
            column[i] = packed[i] & 255;
            column[STRIP + i] = (packed[i] >> 8) & 255;
            column[2 * STRIP + i] = packed[i] >> 16;
        }
    }

    private static void pack(int[] column, int[] packed) {
        for (int i = 0; i < STRIP; i++) {
            packed[i] = column[i] | (column[STRIP + i] << 8) | (column[2 * STRIP + i] << 16);
        }
    }

    private void unpackRow(int[] packed, int[] row) {
        for (int channel = 0; channel < 3; channel++) {
            Packed.unpack(packed, 8 * channel, levels);
            System.arraycopy(levels, 0, row, channel * side, side);
        }
    }

    /** One line of the result from those that it is weighed of. */
    private static void sum(int[][] lines, Triangle triangle, int to, int[] sum) {
        int taps = triangle.taps;
        int line = triangle.first[to];
        int weight = to * taps;
        if (taps == 2) {
            sum2(sum, lines, line, triangle.weights, weight);
            return;
        }
        if (taps == 4) {
            sum4(sum, lines, line, triangle.weights, weight);
            return;
        }
        Arrays.fill(sum, HALF);
        int last = line + taps;
        int[] weights = triangle.weights;
        for (; line + 1 < last; line += 2, weight += 2) {
            addTwo(sum, lines[line], weights[weight], lines[line + 1], weights[weight + 1]);
        }
        if (line < last) {
            add(sum, lines[line], weights[weight]);
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
