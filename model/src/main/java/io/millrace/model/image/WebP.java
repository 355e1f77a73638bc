package io.millrace.model.image;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.millrace.model.image.Decoding.Reason;

/** The system's libwebp, by its simple API. For one thread: its memory is used again. */
final class WebP implements AutoCloseable {

    private static final int SIZES = 8;

    private final NativeBuffer input = new NativeBuffer();
    private final NativeBuffer output = new NativeBuffer();

    /** webp/decode.h; pointers and sizes as 64-bit numbers. */
    private static final class Library {

        static native int WebPGetDecoderVersion();

        static native int WebPGetInfo(long webp, long webpSize, long width, long height);

        static native long WebPDecodeRGBInto(
                long webp, long webpSize, long pixels, long pixelsSize, int stride);

        private Library() {}
    }

    /** Links the functions; an {@link UnsatisfiedLinkError} says what is missing. */
    static void link(NativeLibrary library) {
        Native.register(Library.class, library);
    }

    static String version() {
        int version = Library.WebPGetDecoderVersion();
        return (version >> 16) + "." + (version >> 8 & 255) + "." + (version & 255);
    }

    /** Interleaved RGB, alpha dropped, of a file that is not animated. */
    byte[] rgb(byte[] encoded, int width, int height) throws RejectedException {
        Memory webp = input.ofSize(encoded.length + SIZES);
        webp.write(0, encoded, 0, encoded.length);
        long address = NativeBuffer.address(webp);
        long sizes = address + encoded.length;
        int valid = Library.WebPGetInfo(address, encoded.length, sizes, sizes + 4);
        int actualWidth = webp.getInt(encoded.length);
        int actualHeight = webp.getInt(encoded.length + 4);
        if (valid == 0 || actualWidth != width || actualHeight != height) {
            throw new RejectedException(
                    Reason.CORRUPT,
                    "a WebP of " + width + "x" + height + " whose frame libwebp does not read");
        }
        int size = Math.multiplyExact(3, Math.multiplyExact(width, height));
        Memory pixels = output.ofSize(size);
        long decoded =
                Library.WebPDecodeRGBInto(
                        address, encoded.length, NativeBuffer.address(pixels), size, 3 * width);
        if (decoded == 0) {
            throw new RejectedException(Reason.CORRUPT, "libwebp could not decode the pixels");
        }
        byte[] rgb = new byte[size];
        pixels.read(0, rgb, 0, size);
        return rgb;
    }

    @Override
    public void close() {
        input.close();
        output.close();
    }
}
