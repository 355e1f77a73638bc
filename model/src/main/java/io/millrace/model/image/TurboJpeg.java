package io.millrace.model.image;

import static java.util.Objects.requireNonNull;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.millrace.model.image.Decoding.Reason;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * The system's libjpeg-turbo, by its TurboJPEG API: the slow and exact inverse DCT, smooth chroma,
 * as Pillow asks for. What it warns of is decoded, as in Pillow, unless the bytes end too soon.
 *
 * <p>Its handle serves one thread.
 */
final class TurboJpeg implements AutoCloseable {

    private static final int RGB = 0;
    private static final int CMYK = 11;
    private static final int ACCURATE_DCT = 4096;
    private static final int WARNING = 0;

    private static final Cleaner CLEANER = Cleaner.create();

    private final Cleaner.Cleanable handleOwner;
    private final long handle;
    private final NativeBuffer input = new NativeBuffer();
    private final NativeBuffer output = new NativeBuffer();

    /** turbojpeg.h, of version 2 or 3; pointers and sizes as 64-bit numbers. */
    private static final class Library {

        /** Of nine parameters, which go into an array. */
        static @Nullable Function tjDecompress2;

        static native long tjInitDecompress();

        static native int tjDestroy(long handle);

        static native int tjGetErrorCode(long handle);

        static native Pointer tjGetErrorStr2(long handle);

        private Library() {}
    }

    /** Links the functions; an {@link UnsatisfiedLinkError} says what is missing. */
    static void link(NativeLibrary library) {
        Library.tjDecompress2 = library.getFunction("tjDecompress2");
        Native.register(Library.class, library);
    }

    TurboJpeg() {
        long created = Library.tjInitDecompress();
        if (created == 0) {
            throw new IllegalStateException("libjpeg-turbo gave no decoder: out of memory");
        }
        handle = created;
        handleOwner = CLEANER.register(this, () -> Library.tjDestroy(created));
    }

    /** Interleaved RGB: 3 bytes a pixel. */
    byte[] rgb(ImageHeader.Jpeg header, byte[] encoded) throws RejectedException {
        return decode(header, encoded, RGB, 3);
    }

    /** Four components as they are stored: 4 bytes a pixel. */
    byte[] components(ImageHeader.Jpeg header, byte[] encoded) throws RejectedException {
        return decode(header, encoded, CMYK, 4);
    }

    private byte[] decode(ImageHeader.Jpeg header, byte[] encoded, int format, int bands)
            throws RejectedException {
        int width = (int) header.width();
        int height = (int) header.height();
        int length = header.markers().length + encoded.length - header.scan();
        Memory jpeg = input.ofSize(length);
        jpeg.write(0, header.markers(), 0, header.markers().length);
        jpeg.write(header.markers().length, encoded, header.scan(), encoded.length - header.scan());
        int size = Math.multiplyExact(bands, Math.multiplyExact(width, height));
        Memory pixels = output.ofSize(size);
        Object[] arguments = {
            handle, jpeg, (long) length, pixels, width, bands * width, height, format, ACCURATE_DCT
        };
        if (requireNonNull(Library.tjDecompress2).invokeInt(arguments) != 0) {
            requireHarmless(header, encoded);
        }
        byte[] decoded = new byte[size];
        pixels.read(0, decoded, 0, size);
        return decoded;
    }

    /** The library keeps the first message of a file only, so missing ends are looked for. */
    private void requireHarmless(ImageHeader.Jpeg header, byte[] encoded) throws RejectedException {
        String message = requireNonNull(Library.tjGetErrorStr2(handle)).getString(0);
        if (Library.tjGetErrorCode(handle) != WARNING) {
            throw new RejectedException(Reason.CORRUPT, "libjpeg-turbo: " + message);
        }
        if (message.startsWith("Premature end") || !JpegScans.end(encoded, header.scan())) {
            throw new RejectedException(
                    Reason.TRUNCATED, "the jpeg ends before its pixels do: " + message);
        }
    }

    @Override
    public void close() {
        handleOwner.clean();
        input.close();
        output.close();
    }
}
