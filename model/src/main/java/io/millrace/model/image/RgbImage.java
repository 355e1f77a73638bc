package io.millrace.model.image;

import static java.util.Objects.requireNonNull;

/**
 * A decoded image.
 *
 * @param width pixels
 * @param height pixels
 * @param rgb 8-bit red, green and blue, interleaved, row by row: height * width * 3 bytes, and
 *     perhaps more behind them
 */
public record RgbImage(int width, int height, byte[] rgb) {

    public RgbImage {
        requireNonNull(rgb, "rgb");
        if (width < 1 || height < 1 || rgb.length < 3L * width * height) {
            throw new IllegalArgumentException(
                    "an image of "
                            + width
                            + "x"
                            + height
                            + " needs "
                            + 3L * width * height
                            + " bytes of RGB, got "
                            + rgb.length);
        }
    }
}
