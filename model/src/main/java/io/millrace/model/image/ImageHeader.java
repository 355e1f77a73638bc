package io.millrace.model.image;

import java.util.Arrays;
import java.util.List;

/** What a file says of itself before its pixels, read without ImageIO. */
sealed interface ImageHeader {

    /** Pixels, as declared: any number a file can hold. */
    long width();

    /** Pixels, as declared: any number a file can hold. */
    long height();

    /** Bytes of a pixel while it is decoded, at most; besides the three of the result. */
    default int pixelBytes() {
        return 4;
    }

    /** How the components of a JPEG are to be understood. */
    enum Colour {
        GRAY,
        RGB,
        YCBCR,
        CMYK,
        YCCK
    }

    /** How a JPEG's coefficients are coded. */
    enum Coding {
        /** Huffman's, in one scan that has all its tables. */
        COMPLETE,
        /** Huffman's, in several scans, or with tables that come later or not at all. */
        OPEN,
        ARITHMETIC
    }

    /**
     * A JPEG's.
     *
     * @param halved one bit for each component, the first the lowest: whether it has all columns
     *     and half the rows, as chroma of 4:4:0 has
     * @param markers what precedes the first scan, without application data, its colour named by
     *     one marker
     * @param scan where in the file the first scan begins
     */
    record Jpeg(
            long width,
            long height,
            Colour colour,
            Coding coding,
            int halved,
            byte[] markers,
            int scan)
            implements ImageHeader {

        /** Pixels, once the limits have been checked. */
        int area() {
            return Math.multiplyExact((int) width, (int) height);
        }

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
     * @param pixelBytes channels times bytes of each
     * @param pixels the file's critical chunks and its transparency
     */
    record Png(long width, long height, int pixelBytes, byte[] pixels) implements ImageHeader {}

    /**
     * A GIF's, up to its first frame.
     *
     * @param width of the canvas, or the frame's right edge if that is further out
     * @param background index of the colour around the frame
     * @param palette 256 colours, interleaved
     */
    record Gif(long width, long height, Frame frame, int background, byte[] palette)
            implements ImageHeader {

        /**
         * A part of the canvas.
         *
         * @param data where in the file its coded pixels begin
         */
        record Frame(int left, int top, int width, int height, boolean interlaced, int data) {}
    }

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

    /**
     * A BMP's.
     *
     * @param down whether rows go from top to bottom
     * @param palette 256 colours, interleaved; empty without indices
     * @param pixels where in the file they begin
     */
    record Bmp(long width, long height, boolean down, Layout layout, byte[] palette, long pixels)
            implements ImageHeader {

        /** How a pixel is stored; those of whole bytes are named from the first to the last. */
        enum Layout {
            INDEX1(1, List.of()),
            INDEX4(4, List.of()),
            INDEX8(8, List.of()),
            RLE4(4, List.of()),
            RLE8(8, List.of()),
            BGR15(16, List.of(0x7c00L, 0x3e0L, 0x1fL)),
            BGR16(16, List.of(0xf800L, 0x7e0L, 0x1fL)),
            BGR(24, List.of(0xff0000L, 0xff00L, 0xffL)),
            BGRX(32, List.of(0xff0000L, 0xff00L, 0xffL, 0L)),
            XBGR(32, List.of(0xff000000L, 0xff0000L, 0xff00L, 0L)),
            BGXR(32, List.of(0xff000000L, 0xff00L, 0xffL, 0L)),
            ABGR(32, List.of(0xff000000L, 0xff0000L, 0xff00L, 0xffL)),
            RGBA(32, List.of(0xffL, 0xff00L, 0xff0000L, 0xff000000L)),
            BGRA(32, List.of(0xff0000L, 0xff00L, 0xffL, 0xff000000L)),
            BGAR(32, List.of(0xff000000L, 0xff00L, 0xffL, 0xff0000L)),
            UNNAMED(32, List.of(0L, 0L, 0L, 0L));

            private final int bits;

            @SuppressWarnings("ImmutableEnumChecker") // made by List.of
            private final List<Long> masks;

            Layout(int bits, List<Long> masks) {
                this.bits = bits;
                this.masks = masks;
            }

            int bits() {
                return bits;
            }

            /** Whether bit fields say so; an alpha mask counts where it can be. */
            boolean isNamedBy(int depth, List<Long> fields) {
                return bits == depth
                        && !masks.isEmpty()
                        && masks.equals(fields.subList(0, masks.size()));
            }

            int red() {
                return offset(0, 2);
            }

            int green() {
                return offset(1, 1);
            }

            int blue() {
                return offset(2, 0);
            }

            private int offset(int band, int otherwise) {
                long mask = masks.get(band);
                return mask == 0 ? otherwise : Long.numberOfTrailingZeros(mask) / 8;
            }
        }
    }
}
