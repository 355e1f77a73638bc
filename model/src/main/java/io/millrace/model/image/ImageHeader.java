package io.millrace.model.image;

/** What a file says of itself before its pixels, read without ImageIO. */
sealed interface ImageHeader {

    /** Pixels, as declared: any number a file can hold. */
    long width();

    /** Pixels, as declared: any number a file can hold. */
    long height();

    /** How the components of a JPEG are to be understood. */
    enum Colour {
        GRAY,
        RGB,
        YCBCR,
        CMYK,
        YCCK
    }

    /**
     * A JPEG's.
     *
     * @param inverted whether CMYK is stored inverted, as Adobe's writers do
     * @param pixels the file without its application data, its colour named by one marker
     */
    record Jpeg(long width, long height, Colour colour, boolean inverted, byte[] pixels)
            implements ImageHeader {}

    /**
     * A PNG's.
     *
     * @param pixels the file's critical chunks and its transparency
     */
    record Png(long width, long height, byte[] pixels) implements ImageHeader {}

    /**
     * A GIF's, up to its first frame.
     *
     * @param width of the canvas, or the frame's right edge if that is further out
     * @param left of the frame on the canvas
     * @param top of the frame on the canvas
     * @param background index of the colour around the frame
     * @param hasPalette without one, indices are levels of grey
     */
    record Gif(long width, long height, int left, int top, int background, boolean hasPalette)
            implements ImageHeader {}

    /** A BMP's; a negative height (rows from top to bottom) comes as positive. */
    record Bmp(long width, long height) implements ImageHeader {}
}
