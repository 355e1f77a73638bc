package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;

/** Reads a BMP's two headers. */
final class BmpParser {

    /** BI_BITFIELDS; beyond it come whole JPEG and PNG files inside, with sizes of their own. */
    private static final int LAST_COMPRESSION = 3;

    private BmpParser() {}

    static ImageHeader.Bmp parse(Bytes bytes) throws RejectedException {
        long pixels = bytes.u32LittleEndian(10);
        long header = bytes.u32LittleEndian(14);
        if (pixels >= bytes.length()) {
            throw new RejectedException(
                    Reason.TRUNCATED,
                    "BMP pixels begin at " + pixels + ", there are " + bytes.length() + " bytes");
        }
        if (header == 12) {
            return new ImageHeader.Bmp(bytes.u16LittleEndian(18), bytes.u16LittleEndian(20));
        }
        if (header < 40 || header > 124) {
            throw new RejectedException(
                    Reason.CORRUPT, "a BMP header has 12 or 40 to 124 bytes, got " + header);
        }
        long compression = bytes.u32LittleEndian(30);
        if (compression > LAST_COMPRESSION) {
            throw new RejectedException(
                    Reason.UNSUPPORTED_FORMAT, "a BMP of compression " + compression);
        }
        int width = (int) bytes.u32LittleEndian(18);
        int height = (int) bytes.u32LittleEndian(22);
        return new ImageHeader.Bmp(width, Math.abs((long) height));
    }
}
