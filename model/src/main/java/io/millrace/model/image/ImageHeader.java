package io.millrace.model.image;

import java.util.Arrays;

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
     * @param arithmetic whether its coding is arithmetic and not Huffman's
     * @param markers what precedes the first scan, without application data, its colour named by
     *     one marker
     * @param scan where in the file the first scan begins
     */
    record Jpeg(
            long width, long height, Colour colour, boolean arithmetic, byte[] markers, int scan)
            implements ImageHeader {

        /** The file as it is decoded: the markers, then all scans. */
        byte[] pixels(byte[] encoded) {
            int rest = encoded.length - scan;
            byte[] pixels = Arrays.copyOf(markers, markers.length + rest);
            System.arraycopy(encoded, scan, pixels, markers.length, rest);
            return pixels;
        }
    }

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

    /**
     * A WebP's.
     *
     * @param frame the first frame as a file of its own: the whole file, unless it is animated
     * @param place where on the canvas the frame belongs
     */
    record Webp(long width, long height, byte[] frame, Place place) implements ImageHeader {

        /** A rectangle, pixels. */
        record Place(int left, int top, int width, int height) {}
    }

    /** A BMP's; a negative height (rows from top to bottom) comes as positive. */
    record Bmp(long width, long height) implements ImageHeader {}
}
