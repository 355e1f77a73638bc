package io.millrace.model.augment;

import io.millrace.model.image.RgbImage;

/**
 * The one view of an image that is evaluated: the shorter side brought to a length, then the square
 * in the middle, bit for bit as torchvision's {@code Resize} and {@code CenterCrop} do on Pillow
 * images (bilinear). An image that has the view's size already stays as it is.
 */
public final class EvaluationView {

    private static final int CHANNELS = 3;
    private static final int HALF = 1 << (Triangle.BITS - 1);

    private final int resize;
    private final int side;

    /**
     * A view of that size.
     *
     * @param resize length that the image's shorter side is brought to, pixels
     * @param side of the square that is cut out, pixels, at most {@code resize}
     */
    public EvaluationView(int resize, int side) {
        if (side < 1 || resize < side) {
            throw new IllegalArgumentException(
                    "expected 1 <= side <= resize, got side "
                            + side
                            + " and resize "
                            + resize
                            + "; ImageNet is evaluated with 224 and 256");
        }
        this.resize = resize;
        this.side = side;
    }

    /** Height and width of the view, pixels. */
    public int side() {
        return side;
    }

    /** Returns 8-bit RGB, interleaved: (side, side, 3). */
    public byte[] render(RgbImage image) {
        int shorter = Math.min(image.width(), image.height());
        Triangle across = triangle(image.width(), shorter);
        Triangle down = triangle(image.height(), shorter);
        int left = margin(across);
        int top = margin(down);
        return Resize.columnsFirst(image.width(), image.height(), down.first.length)
                ? columnsFirst(image, across, down, left, top)
                : rowsFirst(image, across, down, left, top);
    }

    private byte[] rowsFirst(RgbImage image, Triangle across, Triangle down, int left, int top) {
        int firstRow = down.first[top];
        int rows = down.first[top + side - 1] + down.taps - firstRow;
        int width = image.width() * CHANNELS;
        int line = side * CHANNELS;
        byte[] narrowed = new byte[rows * line];
        for (int row = 0; row < rows; row++) {
            narrow(image.rgb(), (firstRow + row) * width, across, left, narrowed, row * line);
        }
        byte[] view = new byte[side * line];
        for (int y = 0; y < side; y++) {
            int from = (down.first[top + y] - firstRow) * line;
            sumRows(narrowed, from, line, down, top + y, view, y * line);
        }
        return view;
    }

    private byte[] columnsFirst(RgbImage image, Triangle across, Triangle down, int left, int top) {
        int width = image.width() * CHANNELS;
        byte[] lowered = new byte[width];
        byte[] view = new byte[side * side * CHANNELS];
        for (int y = 0; y < side; y++) {
            int from = down.first[top + y] * width;
            sumRows(image.rgb(), from, width, down, top + y, lowered, 0);
            narrow(lowered, 0, across, left, view, y * side * CHANNELS);
        }
        return view;
    }

    /** torchvision truncates the longer side's new length. */
    private Triangle triangle(int length, int shorter) {
        int resized = (int) ((double) ((long) resize * length) / shorter);
        Triangle triangle = new Triangle(length == shorter ? resize : resized);
        triangle.prepare(length);
        return triangle;
    }

    /** Python rounds halves to even. */
    private int margin(Triangle triangle) {
        return (int) Math.rint((triangle.first.length - side) / 2.0);
    }

    /** A row that begins at {@code line} of the source, brought to its final width and cut. */
    private void narrow(byte[] rgb, int line, Triangle across, int left, byte[] target, int begin) {
        int to = begin;
        for (int x = left; x < left + side; x++) {
            int red = HALF;
            int green = HALF;
            int blue = HALF;
            int at = line + across.first[x] * CHANNELS;
            for (int k = x * across.taps; k < (x + 1) * across.taps; k++) {
                int weight = across.weights[k];
                red += weight * (rgb[at] & 0xff);
                green += weight * (rgb[at + 1] & 0xff);
                blue += weight * (rgb[at + 2] & 0xff);
                at += CHANNELS;
            }
            target[to] = (byte) (red >> Triangle.BITS);
            target[to + 1] = (byte) (green >> Triangle.BITS);
            target[to + 2] = (byte) (blue >> Triangle.BITS);
            to += CHANNELS;
        }
    }

    /**
     * Row y of the resized picture; rows of the source are {@code line} bytes, its first tap's at
     * {@code from}.
     */
    private static void sumRows(
            byte[] rgb, int from, int line, Triangle down, int y, byte[] target, int begin) {
        for (int i = 0; i < line; i++) {
            int sum = HALF;
            for (int tap = 0; tap < down.taps; tap++) {
                sum += down.weights[y * down.taps + tap] * (rgb[from + tap * line + i] & 0xff);
            }
            target[begin + i] = (byte) (sum >> Triangle.BITS);
        }
    }
}
