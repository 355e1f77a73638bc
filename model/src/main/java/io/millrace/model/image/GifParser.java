package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.ImageHeader.Gif;

/** Reads a GIF up to its first frame. */
final class GifParser {

    private GifParser() {}

    static Gif parse(Bytes bytes) throws RejectedException {
        if (!bytes.holds(3, "87a") && !bytes.holds(3, "89a")) {
            throw new RejectedException(Reason.CORRUPT, "a GIF neither of 87a nor of 89a");
        }
        int flags = bytes.u8(10);
        boolean hasPalette = (flags & 0x80) != 0;
        int colours = hasPalette ? 2 << (flags & 7) : 0;
        byte[] palette = palette(bytes, 13, colours);
        int at = 13 + 3 * colours;
        int background = 0;
        while (true) {
            switch (bytes.u8(at)) {
                case 0x21 -> {
                    boolean transparent = bytes.u8(at + 1) == 0xf9 && (bytes.u8(at + 3) & 1) != 0;
                    background = transparent ? bytes.u8(at + 6) : background;
                    at += 2;
                    while (bytes.u8(at) != 0) {
                        at += 1 + bytes.u8(at);
                    }
                    at++;
                }
                case 0x2c -> {
                    return frame(bytes, at, background, palette);
                }
                case 0x3b -> throw new RejectedException(Reason.CORRUPT, "a GIF without any frame");
                default -> at++; // between blocks, other bytes are skipped
            }
        }
    }

    private static Gif frame(Bytes bytes, int at, int background, byte[] global)
            throws RejectedException {
        int left = bytes.u16LittleEndian(at + 1);
        int top = bytes.u16LittleEndian(at + 3);
        int width = bytes.u16LittleEndian(at + 5);
        int height = bytes.u16LittleEndian(at + 7);
        if (width < 1 || height < 1) {
            throw new RejectedException(
                    Reason.CORRUPT, "a GIF frame of " + width + "x" + height + " pixels");
        }
        int flags = bytes.u8(at + 9);
        int colours = (flags & 0x80) != 0 ? 2 << (flags & 7) : 0;
        byte[] palette = colours > 0 ? palette(bytes, at + 10, colours) : global;
        int data = at + 10 + 3 * colours;
        bytes.u8(data);
        return new Gif(
                Math.max(bytes.u16LittleEndian(6), left + width),
                Math.max(bytes.u16LittleEndian(8), top + height),
                new Gif.Frame(left, top, width, height, (flags & 0x40) != 0, data),
                background,
                palette);
    }

    /**
     * 256 colours, interleaved: black beyond those that are given, but levels of grey if none are
     * or all are such levels already.
     */
    private static byte[] palette(Bytes bytes, int at, int colours) throws RejectedException {
        byte[] palette = new byte[3 * 256];
        boolean ramp = true;
        for (int i = 0; i < 3 * colours; i++) {
            palette[i] = (byte) bytes.u8(at + i);
            ramp &= (palette[i] & 0xff) == i / 3;
        }
        for (int i = 0; ramp && i < palette.length; i++) {
            palette[i] = (byte) (i / 3);
        }
        return palette;
    }
}
