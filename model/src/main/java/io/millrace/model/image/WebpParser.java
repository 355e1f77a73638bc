package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.ImageHeader.Webp;
import io.millrace.model.image.ImageHeader.Webp.Place;
import java.util.Arrays;

/** Reads a WebP's chunks (RFC 9649) up to its first frame. */
final class WebpParser {

    private static final int RIFF = 12;
    private static final int CHUNK = 8;
    private static final int ANIMATION = 2;
    private static final int ALPHA = 16;
    private static final int EXTENDED_SIZE = 10;

    /** Position, size and duration of an animation's frame, before its own chunks. */
    private static final int FRAME = 16;

    private WebpParser() {}

    static Webp parse(Bytes bytes) throws RejectedException {
        long end = CHUNK + bytes.u32LittleEndian(4);
        if (end > bytes.length()) {
            throw new RejectedException(
                    Reason.TRUNCATED, "a WebP of " + end + " bytes, there are " + bytes.length());
        }
        if (bytes.holds(RIFF, "VP8X")) {
            requireChunks(bytes, end, Integer.MAX_VALUE);
            return extended(bytes);
        }
        requireChunks(bytes, end, 2);
        Place frame = frame(bytes, RIFF);
        return new Webp(frame.width(), frame.height(), bytes.array(), frame);
    }

    private static Webp extended(Bytes bytes) throws RejectedException {
        int at = RIFF + CHUNK;
        int width = 1 + u24(bytes, at + 4);
        int height = 1 + u24(bytes, at + 7);
        if ((bytes.u8(at) & ANIMATION) == 0) {
            return new Webp(width, height, bytes.array(), new Place(0, 0, width, height));
        }
        long chunk = next(bytes, RIFF);
        while (!bytes.holds((int) chunk, "ANMF")) {
            chunk = next(bytes, chunk);
        }
        int frame = (int) chunk + CHUNK;
        Place place =
                new Place(
                        2 * u24(bytes, frame),
                        2 * u24(bytes, frame + 3),
                        1 + u24(bytes, frame + 6),
                        1 + u24(bytes, frame + 9));
        if (place.left() + place.width() > width || place.top() + place.height() > height) {
            throw new RejectedException(
                    Reason.CORRUPT,
                    "a WebP frame at " + place + " on a canvas of " + width + "x" + height);
        }
        long size = bytes.u32LittleEndian(chunk + 4);
        next(bytes, chunk);
        byte[] still = still(bytes, frame + FRAME, (int) (frame + size), place);
        return new Webp(width, height, still, place);
    }

    /** As libwebp's demultiplexer does, before it decodes anything: so many chunks fit exactly. */
    private static void requireChunks(Bytes bytes, long end, int count) throws RejectedException {
        long at = RIFF;
        for (int i = 0; i < count && at < end; i++) {
            long size = at + CHUNK > end ? end : bytes.u32LittleEndian(at + 4);
            at += CHUNK + size + (size & 1);
            if (at > end) {
                throw new RejectedException(
                        Reason.CORRUPT, "a WebP chunk to " + at + " in a file of " + end);
            }
        }
    }

    /** The chunks of one frame as a file that is not animated. */
    private static byte[] still(Bytes bytes, int from, int to, Place place)
            throws RejectedException {
        if (to < from) {
            throw new RejectedException(Reason.CORRUPT, "a WebP frame without pixels");
        }
        boolean alpha = bytes.holds(from, "ALPH");
        int extra = alpha ? CHUNK + EXTENDED_SIZE : 0;
        byte[] still = Arrays.copyOf(bytes.array(), RIFF + extra + to - from);
        System.arraycopy(bytes.array(), from, still, RIFF + extra, to - from);
        put(still, 4, still.length - CHUNK, 4);
        if (alpha) {
            System.arraycopy(bytes.array(), RIFF, still, RIFF, 4);
            put(still, RIFF + 4, EXTENDED_SIZE, 4);
            put(still, RIFF + CHUNK, ALPHA, 4);
            put(still, RIFF + CHUNK + 4, place.width() - 1, 3);
            put(still, RIFF + CHUNK + 7, place.height() - 1, 3);
        }
        return still;
    }

    private static void put(byte[] target, int at, int value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            target[at + i] = (byte) (value >> (8 * i));
        }
    }

    /** Where the next chunk begins, which is inside the file. */
    private static long next(Bytes bytes, long chunk) throws RejectedException {
        long size = bytes.u32LittleEndian(chunk + 4);
        long next = chunk + CHUNK + size + (size & 1);
        bytes.u8(chunk + CHUNK + size - 1);
        return next;
    }

    /** The size that a frame's bit stream declares. */
    private static Place frame(Bytes bytes, int chunk) throws RejectedException {
        int at = chunk + CHUNK;
        if (bytes.holds(chunk, "VP8 ")) {
            int width = bytes.u16LittleEndian(at + 6) & 0x3fff;
            return new Place(0, 0, width, bytes.u16LittleEndian(at + 8) & 0x3fff);
        }
        if (bytes.holds(chunk, "VP8L")) {
            long sizes = bytes.u32LittleEndian(at + 1);
            return new Place(0, 0, 1 + (int) (sizes & 0x3fff), 1 + (int) (sizes >> 14 & 0x3fff));
        }
        throw new RejectedException(Reason.CORRUPT, "a WebP that begins with neither frame");
    }

    private static int u24(Bytes bytes, int at) throws RejectedException {
        return bytes.u16LittleEndian(at) | (bytes.u8(at + 2) << 16);
    }
}
