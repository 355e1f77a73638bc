package io.millrace.model.augment;

import java.util.Arrays;

/**
 * Pillow's GaussianBlur (BoxBlur.c): three box blurs along rows, three along columns, each rounded
 * to 8 bits, with edges repeated; the box's fractional radius from Gwosdek et al. 2011 (Theoretical
 * Foundations of Gaussian Convolution by Extended Box Filtering), equations 7, 11 and 14.
 *
 * <p>Rows are blurred as columns of the transposed plane: there C2 can vectorise.
 */
final class GaussianBlur {

    private static final int PASSES = 3;
    private static final int TILE = 16;

    private final int side;
    private final int[] sum;
    private int[][] source;
    private int[][] target;

    // Weights of 24 bits: of the box's whole pixels, and of the two that it covers in part.
    private int radius;
    private int whole;
    private int part;

    GaussianBlur(int side) {
        this.side = side;
        sum = new int[side];
        source = new int[side][side];
        target = new int[side][side];
    }

    void apply(Planes planes, double sigma) {
        prepare((float) sigma);
        blur(planes.red);
        blur(planes.green);
        blur(planes.blue);
    }

    /** As {@link #apply}, where all three planes are the same. */
    void applyGray(Planes planes, double sigma) {
        prepare((float) sigma);
        blur(planes.red);
        System.arraycopy(planes.red, 0, planes.green, 0, planes.size());
        System.arraycopy(planes.red, 0, planes.blue, 0, planes.size());
    }

    private void prepare(float sigma) {
        float box = boxRadius(sigma);
        radius = (int) box;
        whole = (int) ((1 << 24) / (box * 2 + 1));
        part = ((1 << 24) - (radius * 2 + 1) * whole) / 2;
    }

    private static float boxRadius(float sigma) {
        float variance = sigma * sigma / PASSES;
        float length = (float) Math.sqrt(12.0 * variance + 1.0);
        float integer = (float) Math.floor((length - 1.0) / 2.0);
        float fraction = (2 * integer + 1) * (integer * (integer + 1) - 3 * variance);
        fraction /= 6 * (variance - (integer + 1) * (integer + 1));
        return integer + fraction;
    }

    private void blur(int[] plane) {
        transposeInto(source, plane);
        passes();
        transpose(source, target);
        swap();
        passes();
        for (int y = 0; y < side; y++) {
            System.arraycopy(source[y], 0, plane, y * side, side);
        }
    }

    private void passes() {
        for (int pass = 0; pass < PASSES; pass++) {
            pass();
            swap();
        }
    }

    private void swap() {
        int[][] rows = source;
        source = target;
        target = rows;
    }

    /** One box blur down the columns of source: a sum slides over 2 * radius + 1 rows. */
    private void pass() {
        int last = side - 1;
        Arrays.fill(sum, 0);
        add(sum, source[0], radius + 1);
        for (int y = 0; y < Math.min(radius, side); y++) {
            add(sum, source[y], 1);
        }
        add(sum, source[last], Math.max(0, radius - side));
        for (int y = 0; y < side; y++) {
            int[] before = source[Math.max(0, y - radius - 1)];
            int[] entering = source[Math.min(last, y + radius)];
            int[] after = source[Math.min(last, y + radius + 1)];
            slide(target[y], sum, entering, before, after, whole, part);
        }
    }

    private static void add(int[] sum, int[] row, int times) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += times * row[i];
        }
    }

    /** Unsigned 32-bit arithmetic, as in Pillow. One loop, so that sums are loaded once. */
    private static void slide(
            int[] row, int[] sum, int[] entering, int[] before, int[] after, int whole, int part) {
        for (int i = 0; i < row.length; i++) {
            int moved = sum[i] + entering[i] - before[i];
            sum[i] = moved;
            row[i] = (moved * whole + (before[i] + after[i]) * part + (1 << 23)) >>> 24;
        }
    }

    private void transposeInto(int[][] rows, int[] plane) {
        for (int tile = 0; tile < side; tile += TILE) {
            int end = Math.min(side, tile + TILE);
            for (int y = 0; y < side; y++) {
                for (int x = tile; x < end; x++) {
                    rows[x][y] = plane[y * side + x];
                }
            }
        }
    }

    private void transpose(int[][] from, int[][] to) {
        for (int tile = 0; tile < side; tile += TILE) {
            int end = Math.min(side, tile + TILE);
            for (int y = 0; y < side; y++) {
                int[] row = from[y];
                for (int x = tile; x < end; x++) {
                    to[x][y] = row[x];
                }
            }
        }
    }
}
