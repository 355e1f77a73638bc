package io.millrace.model.image;

import static java.util.Objects.requireNonNull;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.millrace.model.image.Decoding.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The system's libjpeg-turbo, by its TurboJPEG API: the slow and exact inverse DCT, smooth chroma,
 * as Pillow asks for. What it warns of is decoded, as in Pillow, unless the bytes end too soon.
 *
 * <p>A handle keeps the tables of the file before, and would decode the next one with them if it
 * brings none of its own: each file has a handle of its own, which costs about a microsecond. What
 * is kept is memory, for one thread.
 */
final class TurboJpeg implements AutoCloseable {

    private static final int RGB = 0;
    private static final int CMYK = 11;
    private static final int ACCURATE_DCT = 4096;
    private static final String NO_END = "Premature end of JPEG file";

    /** How libjpeg's warnings begin (jerror.h). */
    private static final List<String> WARNINGS =
            List.of(
                    NO_END,
                    "Corrupt JPEG data",
                    "Inconsistent progression sequence",
                    "Invalid SOS parameters for sequential JPEG",
                    "Unknown Adobe color transform",
                    "Warning:");

    private final NativeBuffer input = new NativeBuffer();
    private final NativeBuffer output = new NativeBuffer();

    /** turbojpeg.h, of version 2 or 3; pointers and sizes as 64-bit numbers. */
    private static final class Library {

        /** Of nine parameters, which go into an array. */
        static @Nullable Function tjDecompress2;

        static native long tjInitDecompress();

        static native int tjDestroy(long handle);

        static native Pointer tjGetErrorStr2(long handle);

        private Library() {}
    }

    /** Links the functions; an {@link UnsatisfiedLinkError} says what is missing. */
    static void link(NativeLibrary library) {
        Library.tjDecompress2 = library.getFunction("tjDecompress2");
        Native.register(Library.class, library);
    }

    /** Interleaved RGB, 3 bytes a pixel, into the target, which is returned. */
    byte[] rgb(ImageHeader.Jpeg header, byte[] encoded, byte[] target) throws RejectedException {
        decode(header, encoded, RGB, 3).read(0, target, 0, 3 * header.area());
        return target;
    }

    /** Four components as they are stored: 4 bytes a pixel. */
    byte[] components(ImageHeader.Jpeg header, byte[] encoded) throws RejectedException {
        byte[] components = new byte[4 * header.area()];
        decode(header, encoded, CMYK, 4).read(0, components, 0, components.length);
        return components;
    }

    /** Pixels in native memory, row by row. */
    private Memory decode(ImageHeader.Jpeg header, byte[] encoded, int format, int bands)
            throws RejectedException {
        int width = (int) header.width();
        int height = (int) header.height();
        int first = header.markers().length;
        int rest = encoded.length - header.scan();
        Memory jpeg = input.ofSize(first + rest);
        jpeg.write(0, header.markers(), 0, first);
        jpeg.write(first, encoded, header.scan(), rest);
        int size = Math.multiplyExact(bands, Math.multiplyExact(width, height));
        Memory pixels = output.ofSize(size);
        long handle = Library.tjInitDecompress();
        if (handle == 0) {
            throw new IllegalStateException("libjpeg-turbo gave no decoder: out of memory");
        }
        try {
            Object[] arguments = {
                handle,
                jpeg,
                (long) first + rest,
                pixels,
                width,
                bands * width,
                height,
                format,
                ACCURATE_DCT
            };
            if (requireNonNull(Library.tjDecompress2).invokeInt(arguments) != 0) {
                requireHarmless(handle, header, encoded);
            }
        } finally {
            Library.tjDestroy(handle);
        }
        return pixels;
    }

    /**
     * An error's message stands in the place of any warning's, and of the warnings only the first
     * one's is kept: what is no known warning is an error, and a missing end is looked for.
     */
    private static void requireHarmless(long handle, ImageHeader.Jpeg header, byte[] encoded)
            throws RejectedException {
        String message = requireNonNull(Library.tjGetErrorStr2(handle)).getString(0);
        if (WARNINGS.stream().noneMatch(message::startsWith)) {
            throw new RejectedException(Reason.CORRUPT, "libjpeg-turbo: " + message);
        }
        if (message.startsWith(NO_END) || !JpegScans.end(encoded, header.scan())) {
            throw new RejectedException(
                    Reason.TRUNCATED, "the jpeg ends before its pixels do: " + message);
        }
    }

    @Override
    public void close() {
        input.close();
        output.close();
    }
}
