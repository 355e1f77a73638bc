package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.ImageHeader.Bmp;
import io.millrace.model.image.ImageHeader.Bmp.Layout;

/** A BMP's pixels, as Pillow reads them (BmpImagePlugin.py, Unpack.c). */
final class BmpPixels {

    private final byte[] bytes;
    private final Bmp header;
    private final int width;
    private final int height;
    private final byte[] rgb;

    private BmpPixels(byte[] bytes, Bmp header) {
        this.bytes = bytes;
        this.header = header;
        width = (int) header.width();
        height = (int) header.height();
        rgb = new byte[3 * width * height];
    }

    static RgbImage rgb(byte[] bytes, Bmp header) throws RejectedException {
        BmpPixels pixels = new BmpPixels(bytes, header);
        Layout layout = header.layout();
        if (layout == Layout.RLE4 || layout == Layout.RLE8) {
            pixels.indices(pixels.runs(layout == Layout.RLE4));
        } else {
            pixels.rows(layout);
        }
        return new RgbImage(pixels.width, pixels.height, pixels.rgb);
    }

    private int row(int y) {
        return 3 * width * (header.down() ? y : height - 1 - y);
    }

    /** Rows of a multiple of four bytes; what fills up the last one may be absent. */
    private void rows(Layout layout) throws RejectedException {
        long bits = (long) width * layout.bits();
        long stride = (bits + 31) / 32 * 4;
        long end = header.pixels() + (height - 1) * stride + (bits + 7) / 8;
        if (end > bytes.length) {
            throw truncated("pixels end at " + end);
        }
        for (int y = 0; y < height; y++) {
            int from = (int) (header.pixels() + y * stride);
            switch (layout) {
                case INDEX1, INDEX4, INDEX8 -> packed(from, layout.bits(), row(y));
                case BGR15, BGR16 -> words(from, layout == Layout.BGR16, row(y));
                default -> samples(from, layout, row(y));
            }
        }
    }

    private void packed(int from, int bits, int begin) {
        int perByte = 8 / bits;
        int mask = (1 << bits) - 1;
        for (int x = 0; x < width; x++) {
            int shift = 8 - bits - x % perByte * bits;
            colour(bytes[from + x / perByte] >> shift & mask, begin + 3 * x);
        }
    }

    private void colour(int index, int to) {
        System.arraycopy(header.palette(), 3 * index, rgb, to, 3);
    }

    /** 5, 5 and 5 bits, or 5, 6 and 5. */
    private void words(int from, boolean wideGreen, int begin) {
        int greenMask = wideGreen ? 63 : 31;
        int redShift = wideGreen ? 11 : 10;
        for (int x = 0; x < width; x++) {
            int word = (bytes[from + 2 * x] & 0xff) | ((bytes[from + 2 * x + 1] & 0xff) << 8);
            int to = begin + 3 * x;
            rgb[to] = (byte) ((word >> redShift & 31) * 255 / 31);
            rgb[to + 1] = (byte) ((word >> 5 & greenMask) * 255 / greenMask);
            rgb[to + 2] = (byte) ((word & 31) * 255 / 31);
        }
    }

    private void samples(int from, Layout layout, int begin) {
        int step = layout.bits() / 8;
        int at = from;
        for (int to = begin; to < begin + 3 * width; to += 3, at += step) {
            rgb[to] = bytes[at + layout.red()];
            rgb[to + 1] = bytes[at + layout.green()];
            rgb[to + 2] = bytes[at + layout.blue()];
        }
    }

    private void indices(byte[] indices) {
        for (int y = 0; y < height; y++) {
            int begin = row(y);
            for (int x = 0; x < width; x++) {
                colour(indices[y * width + x] & 0xff, begin + 3 * x);
            }
        }
    }

    /** Run-length coded indices, row by row; every one must be given or skipped. */
    private byte[] runs(boolean nibbles) throws RejectedException {
        byte[] data = new byte[width * height];
        long done = 0;
        long x = 0;
        long at = header.pixels();
        while (done < data.length && at + 1 < bytes.length) {
            int count = bytes[(int) at] & 0xff;
            int value = bytes[(int) at + 1] & 0xff;
            at += 2;
            if (count > 0) {
                int fitting = (int) Math.max(0, Math.min(count, width - x));
                run(data, (int) done, fitting, value, nibbles);
                done += fitting;
                x += fitting;
            } else if (value == 0) {
                done = (done + width - 1) / width * width;
                x = 0;
            } else if (value == 1 || (value == 2 && at + 1 >= bytes.length)) {
                break;
            } else if (value == 2) {
                done += (bytes[(int) at] & 0xff) + (bytes[(int) at + 1] & 0xffL) * width;
                x = done % width;
                at += 2;
            } else {
                int length = nibbles ? value / 2 : value;
                int present = (int) Math.min(length, bytes.length - at);
                done += literal(data, (int) done, (int) at, present, nibbles);
                if (present < length) {
                    break;
                }
                x += value;
                at += length + (at + length) % 2;
            }
        }
        if (done < data.length) {
            throw truncated(done + " of " + data.length + " pixels are given");
        }
        return data;
    }

    /** The same index again and again, or two by turns. */
    private static void run(byte[] data, int done, int count, int value, boolean nibbles) {
        int end = Math.min(done + count, data.length);
        for (int i = done; i < end; i++) {
            data[i] = (byte) (nibbles ? nibble(value, i - done) : value);
        }
    }

    private static int nibble(int value, int index) {
        return index % 2 == 0 ? value >> 4 : value & 15;
    }

    private int literal(byte[] data, int done, int at, int count, boolean nibbles) {
        int pixels = nibbles ? 2 * count : count;
        int end = Math.min(done + pixels, data.length);
        for (int i = done; i < end; i++) {
            int from = i - done;
            int value = bytes[at + (nibbles ? from / 2 : from)] & 0xff;
            data[i] = (byte) (nibbles ? nibble(value, from) : value);
        }
        return pixels;
    }

    private RejectedException truncated(String what) {
        return new RejectedException(
                Reason.TRUNCATED, "a BMP of " + bytes.length + " bytes whose " + what);
    }
}
