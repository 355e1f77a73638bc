package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.ImageHeader.Bmp;
import io.millrace.model.image.ImageHeader.Bmp.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Reads a BMP's two headers and its palette, and takes what Pillow takes (BmpImagePlugin.py). */
final class BmpParser {

    private static final int FILE_HEADER = 14;
    private static final int CORE_HEADER = 12;
    private static final Set<Integer> HEADERS = Set.of(40, 52, 56, 64, 108, 124);

    private static final int RAW = 0;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;

    private final Bytes bytes;
    private final int header;

    /** Where the headers end. */
    private long end;

    private BmpParser(Bytes bytes, int header) {
        this.bytes = bytes;
        this.header = header;
        end = (long) FILE_HEADER + header;
    }

    static Bmp parse(Bytes bytes) throws RejectedException {
        long header = bytes.u32LittleEndian(FILE_HEADER);
        if (header != CORE_HEADER && !HEADERS.contains((int) header)) {
            throw new RejectedException(
                    Reason.CORRUPT,
                    "a BMP header has 12, 40, 52, 56, 64, 108 or 124 bytes, got " + header);
        }
        return new BmpParser(bytes, (int) header).parse();
    }

    private Bmp parse() throws RejectedException {
        boolean core = header == CORE_HEADER;
        bytes.u8(end - 1);
        boolean down = !core && bytes.u8(25) == 0xff;
        long width = core ? bytes.u16LittleEndian(18) : bytes.u32LittleEndian(18);
        long height = core ? bytes.u16LittleEndian(20) : bytes.u32LittleEndian(22);
        int bits = bytes.u16LittleEndian(core ? 24 : 28);
        long compression = core ? RAW : bytes.u32LittleEndian(30);
        Layout layout = layout(bits, compression);
        long colours = core ? 0 : bytes.u32LittleEndian(46);
        colours = colours == 0 && bits <= 8 ? 1L << bits : colours;
        int padding = core ? 3 : 4;
        byte[] palette = {};
        long pixels = bytes.u32LittleEndian(10);
        if (bits <= 8) {
            boolean follows = pixels == FILE_HEADER + header;
            palette = palette(colours, padding, layout);
            pixels += follows ? padding * colours : 0;
            end = Math.min(bytes.length(), end + padding * colours);
        }
        return new Bmp(
                width,
                down ? (1L << 32) - height : height,
                down,
                layout,
                palette,
                pixels == 0 ? end : pixels);
    }

    private Layout layout(int bits, long compression) throws RejectedException {
        if (compression > RAW && compression <= RLE4 && bits <= 8) {
            requireDepth(bits, 1, 4, 8);
            return compression == RLE4 ? Layout.RLE4 : Layout.RLE8;
        }
        if (compression == BIT_FIELDS) {
            return bitFields(bits);
        }
        if (compression != RAW) {
            throw unsupported("compression " + compression + " at " + bits + " bits");
        }
        requireDepth(bits, 1, 4, 8, 16, 24, 32);
        return switch (bits) {
            case 1 -> Layout.INDEX1;
            case 4 -> Layout.INDEX4;
            case 8 -> Layout.INDEX8;
            case 16 -> Layout.BGR15;
            case 24 -> Layout.BGR;
            default -> Layout.BGRX;
        };
    }

    private static void requireDepth(int bits, int... known) throws RejectedException {
        if (Arrays.binarySearch(known, bits) < 0) {
            throw unsupported(bits + " bits a pixel");
        }
    }

    /** Masks of red, green, blue and alpha follow the header, or are part of a longer one. */
    private Layout bitFields(int bits) throws RejectedException {
        List<Long> masks = new ArrayList<>();
        for (int i = 0; i < (header >= 56 ? 4 : 3); i++) {
            masks.add(bytes.u32LittleEndian(54 + 4 * i));
        }
        if (masks.size() == 3) {
            masks.add(0L);
        }
        end += header == 40 ? 12 : 0;
        for (Layout layout : Layout.values()) {
            if (layout.isNamedBy(bits, masks)) {
                return layout;
            }
        }
        throw unsupported("bit fields " + masks + " at " + bits + " bits");
    }

    /** 256 colours, interleaved; black beyond those that are given. */
    private byte[] palette(long colours, int padding, Layout layout) throws RejectedException {
        if (colours > 1 << 16) {
            throw unsupported("a palette of " + colours + " colours");
        }
        byte[] palette = new byte[3 * 256];
        int present = (int) Math.min(colours, (bytes.length() - end) / padding);
        boolean gray = present == colours;
        for (int i = 0; i < present; i++) {
            int at = (int) end + i * padding;
            int level = colours == 2 ? 255 * i : i & 255;
            for (int c = 0; c < 3; c++) {
                int value = bytes.u8(at + 2 - c);
                gray &= value == level;
                if (i < 256) {
                    palette[3 * i + c] = (byte) value;
                }
            }
        }
        if (gray) {
            return grayPalette(colours, layout);
        }
        if (present > 256) {
            throw new RejectedException(
                    Reason.CORRUPT, "a BMP palette of " + present + " colours; at most 256");
        }
        return palette;
    }

    /** Where colours are their own indices, Pillow forgets them, and the depth of the pixels. */
    private static byte[] grayPalette(long colours, Layout layout) throws RejectedException {
        boolean consistent =
                colours == 2
                        ? layout == Layout.INDEX1
                        : layout == Layout.INDEX8 || layout == Layout.RLE8 || layout == Layout.RLE4;
        if (!consistent) {
            throw unsupported("a grey palette of " + colours + " colours for " + layout);
        }
        byte[] ramp = new byte[3 * 256];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (colours == 2 ? 255 * (i / 3) : i / 3);
        }
        return ramp;
    }

    private static RejectedException unsupported(String what) {
        return new RejectedException(Reason.UNSUPPORTED_FORMAT, "a BMP with " + what);
    }
}
