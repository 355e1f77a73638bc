package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.ImageHeader.Gif;

/**
 * A GIF frame's pixels: LZW of variable code length, with the liberties and limits of Pillow's
 * decoder (GifDecode.c). Done as soon as the last pixel is there, whatever follows.
 */
final class GifPixels {

    private static final int MAX_BITS = 12;
    private static final int TABLE = 1 << MAX_BITS;

    /** First row and distance of rows, in each pass of an interlaced frame. */
    private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

    private static final int[][] ONE_PASS = {{0, 1}};

    private final byte[] bytes;
    private final byte[] indices;
    private int done;

    // The bit reader: blocks of up to 255 bytes.
    private int at;
    private int block;
    private int bitBuffer;
    private int bitCount;

    private final byte[] suffix = new byte[TABLE];
    private final short[] prefix = new short[TABLE];
    private final byte[] string = new byte[TABLE + 1];

    private GifPixels(byte[] bytes, int at, int count) {
        this.bytes = bytes;
        this.at = at;
        indices = new byte[count];
    }

    /** The frame where it belongs on its canvas. */
    static RgbImage rgb(byte[] bytes, Gif header) throws RejectedException {
        Gif.Frame frame = header.frame();
        int count = frame.width() * frame.height();
        GifPixels pixels = new GifPixels(bytes, frame.data() + 1, count);
        pixels.decode(bytes[frame.data()] & 0xff);
        int width = (int) header.width();
        int height = (int) header.height();
        byte[] rgb = new byte[3 * width * height];
        if (frame.width() != width || frame.height() != height) {
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = header.palette()[3 * header.background() + i % 3];
            }
        }
        int row = 0;
        for (int[] pass : frame.interlaced() ? PASSES : ONE_PASS) {
            for (int y = pass[0]; y < frame.height(); y += pass[1]) {
                int to = 3 * ((frame.top() + y) * width + frame.left());
                for (int x = 0; x < frame.width(); x++, to += 3) {
                    int index = pixels.indices[row * frame.width() + x] & 0xff;
                    System.arraycopy(header.palette(), 3 * index, rgb, to, 3);
                }
                row++;
            }
        }
        return new RgbImage(width, height, rgb);
    }

    private void decode(int bits) throws RejectedException {
        if (bits > MAX_BITS) {
            throw corrupt("codes of " + bits + " bits");
        }
        int clear = 1 << bits;
        int next = clear + 2;
        int size = bits + 1;
        int last = -1; // no code since the table was cleared
        int lastByte = 0;
        while (done < indices.length) {
            int code = code(size);
            if (code == clear) {
                next = clear + 2;
                size = bits + 1;
                last = -1;
                continue;
            }
            if (code == clear + 1) {
                throw truncated("ends after " + done + " of " + indices.length + " pixels");
            }
            if (code > (last < 0 ? clear : next)) {
                throw corrupt("a code that is not in the table");
            }
            if (last < 0) {
                lastByte = code;
                put(code);
            } else {
                lastByte = expand(code, next, last, lastByte, clear);
                if (next < TABLE) {
                    suffix[next] = (byte) lastByte;
                    prefix[next] = (short) last;
                    size += next == (1 << size) - 1 && size < MAX_BITS ? 1 : 0;
                    next++;
                }
            }
            last = code;
        }
    }

    /** Writes a code's string, last byte first into a buffer; returns its first byte. */
    private int expand(int code, int next, int last, int lastByte, int clear)
            throws RejectedException {
        int from = string.length;
        int rest = code;
        if (code == next) {
            string[--from] = (byte) lastByte;
            rest = last;
        }
        while (rest >= clear) {
            if (from == 1 || rest >= TABLE) {
                throw corrupt("a string of codes without end");
            }
            string[--from] = suffix[rest];
            rest = prefix[rest];
        }
        put(rest);
        int count = Math.min(string.length - from, indices.length - done);
        System.arraycopy(string, from, indices, done, count);
        done += count;
        return rest;
    }

    private void put(int value) {
        indices[done++] = (byte) value;
    }

    private int code(int size) throws RejectedException {
        while (bitCount < size) {
            if (block == 0) {
                nextBlock();
                continue;
            }
            block--;
            bitBuffer |= (bytes[at++] & 0xff) << bitCount;
            bitCount += 8;
        }
        int code = bitBuffer & ((1 << size) - 1);
        bitBuffer >>>= size;
        bitCount -= size;
        return code;
    }

    /** Blocks are taken whole, empty ones skipped. */
    private void nextBlock() throws RejectedException {
        if (at >= bytes.length || at + 1 + (bytes[at] & 0xff) > bytes.length) {
            throw truncated("has " + done + " of " + indices.length + " pixels");
        }
        block = bytes[at++] & 0xff;
    }

    private static RejectedException corrupt(String what) {
        return new RejectedException(Reason.CORRUPT, "a GIF with " + what);
    }

    private static RejectedException truncated(String what) {
        return new RejectedException(Reason.TRUNCATED, "a GIF that " + what);
    }
}
