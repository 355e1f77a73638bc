package io.millrace.model.augment;

import java.util.Arrays;

/**
 * Pillow's GaussianBlur (BoxBlur.c): three box blurs along rows, three along columns, each rounded
 * to 8 bits, with edges repeated; the box's fractional radius from Gwosdek et al. 2011 (Theoretical
 * Foundations of Gaussian Convolution by Extended Box Filtering), equations 7, 11 and 14.
 *
 * <p>Rows are blurred as columns of the transposed picture: there C2 can vectorise. It is
 * transposed with all three channels in one int.
 */
final class GaussianBlur {

    private static final int PASSES = 3;
    private static final int TILE = 16;

    private final int side;
    private final int[] sum;
    private final int[][] packed;
    private int[][] source;
    private int[][] target;

    // Weights of 24 bits: of the box's whole pixels, and of the two that it covers in part.
    private int radius;
    private int whole;
    private int part;

    GaussianBlur(int side) {
        this.side = side;
        sum = new int[side];
        packed = new int[side][side];
        source = new int[side][side];
        target = new int[side][side];
    }

    void apply(Planes planes, double sigma) {
        prepare((float) sigma);
        pack(planes.red, planes.green, planes.blue);
        transpose(planes.red, packed);
        for (int channel = 0; channel < 3; channel++) {
            passes(8 * channel);
            for (int row = 0; row < side; row++) {
                put(source[row], 8 * channel, packed[row]);
            }
        }
        transpose(packed);
        blurInto(planes.red, 0);
        blurInto(planes.green, 8);
        blurInto(planes.blue, 16);
    }

    /** As {@link #apply}, where all three planes are the same. */
    void applyGray(Planes planes, double sigma) {
        prepare((float) sigma);
        transpose(planes.red, packed);
        passes(0);
        for (int row = 0; row < side; row++) {
            System.arraycopy(source[row], 0, packed[row], 0, side);
        }
        transpose(packed);
        blurInto(planes.red, 0);
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

    private void blurInto(int[] plane, int shift) {
        passes(shift);
        for (int row = 0; row < side; row++) {
            System.arraycopy(source[row], 0, plane, row * side, side);
        }
    }

    /** Of what is packed, the channel that begins at that bit, down the columns, into source. */
    private void passes(int shift) {
        for (int row = 0; row < side; row++) {
            Packed.unpack(packed[row], shift, source[row]);
        }
        for (int pass = 0; pass < PASSES; pass++) {
            pass();
            swap();
        }
    }

    private static void pack(int[] red, int[] green, int[] blue) {
        for (int i = 0; i < red.length; i++) {
            red[i] |= (green[i] << 8) | (blue[i] << 16);
        }
    }

    private static void put(int[] row, int shift, int[] packed) {
        int others = ~(255 << shift);
        for (int i = 0; i < row.length; i++) {
            packed[i] = (packed[i] & others) | (row[i] << shift);
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

    private void transpose(int[] from, int[][] to) {
        for (int tile = 0; tile < side; tile += TILE) {
            int end = Math.min(side, tile + TILE);
            for (int y = 0; y < side; y++) {
                for (int x = tile; x < end; x++) {
                    to[x][y] = from[y * side + x];
                }
            }
        }
    }

    /** In place. */
    private void transpose(int[][] rows) {
        for (int tile = 0; tile < side; tile += TILE) {
            for (int y = tile; y < side; y++) {
                int[] row = rows[y];
                int end = Math.min(y, tile + TILE);
                for (int x = tile; x < end; x++) {
                    int moved = row[x];
                    row[x] = rows[x][y];
                    rows[x][y] = moved;
                }
            }
        }
    }
}
