package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;

/** Reads a GIF up to its first frame. */
final class GifParser {

    private static final int FIRST_ROWS = 5;

    private GifParser() {}

    static ImageHeader.Gif parse(Bytes bytes) throws RejectedException {
        int flags = bytes.u8(10);
        boolean hasPalette = (flags & 0x80) != 0;
        int at = 13 + (hasPalette ? 3 << ((flags & 7) + 1) : 0);
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
                    return frame(bytes, at, background, hasPalette);
                }
                case 0x3b -> throw new RejectedException(Reason.CORRUPT, "a GIF without any frame");
                default -> at++; // between blocks, other bytes are skipped
            }
        }
    }

    private static ImageHeader.Gif frame(Bytes bytes, int at, int background, boolean hasPalette)
            throws RejectedException {
        int left = bytes.u16LittleEndian(at + 1);
        int top = bytes.u16LittleEndian(at + 3);
        int width = bytes.u16LittleEndian(at + 5);
        int height = bytes.u16LittleEndian(at + 7);
        int flags = bytes.u8(at + 9);
        if ((flags & 0x40) != 0 && height < FIRST_ROWS) {
            // The JDK's reader puts the rows of so short a frame in the wrong places.
            throw new RejectedException(
                    Reason.UNSUPPORTED_FORMAT,
                    "an interlaced GIF of " + height + " rows; expected at least " + FIRST_ROWS);
        }
        return new ImageHeader.Gif(
                Math.max(bytes.u16LittleEndian(6), left + width),
                Math.max(bytes.u16LittleEndian(8), top + height),
                left,
                top,
                background,
                hasPalette || (flags & 0x80) != 0);
    }
}
