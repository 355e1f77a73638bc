package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;

/**
 * Reads a PNG's chunks, checks what ImageIO does not (lengths, check sums), and leaves out what
 * pixels don't need: text and profiles can inflate to gigabytes.
 */
final class PngParser {

    private static final int SIGNATURE = 8;
    private static final byte[] END = {
        0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xae, 0x42, 0x60, (byte) 0x82
    };

    private PngParser() {}

    static ImageHeader.Png parse(Bytes bytes) throws RejectedException {
        if (bytes.u32(SIGNATURE) != 13 || !bytes.holds(SIGNATURE + 4, "IHDR")) {
            throw new RejectedException(
                    Reason.CORRUPT, "a PNG must begin with a header chunk of 13 bytes");
        }
        ByteArrayOutputStream pixels = new ByteArrayOutputStream(bytes.length());
        pixels.write(bytes.array(), 0, SIGNATURE);
        boolean data = false;
        int at = SIGNATURE;
        while (at + 8 <= bytes.length() && !bytes.holds(at + 4, "IEND")) {
            String type = bytes.ascii(at + 4, 4);
            boolean needed =
                    type.equals("IHDR")
                            || type.equals("PLTE")
                            || type.equals("tRNS")
                            || type.equals("IDAT");
            long end = at + 12 + bytes.u32(at);
            if (end > bytes.length()) {
                if (data && !needed) {
                    break;
                }
                throw new RejectedException(
                        Reason.TRUNCATED,
                        "PNG chunk "
                                + type
                                + " ends at "
                                + end
                                + ", the bytes at "
                                + bytes.length());
            }
            if (needed) {
                requireCheckSum(bytes, type, at, (int) end);
                pixels.write(bytes.array(), at, (int) end - at);
                data |= type.equals("IDAT");
            }
            at = (int) end;
        }
        if (!data) {
            throw new RejectedException(Reason.TRUNCATED, "a PNG without image data");
        }
        pixels.writeBytes(END);
        return new ImageHeader.Png(
                bytes.u32(SIGNATURE + 8), bytes.u32(SIGNATURE + 12), pixels.toByteArray());
    }

    private static void requireCheckSum(Bytes bytes, String type, int at, int end)
            throws RejectedException {
        CRC32 sum = new CRC32();
        sum.update(bytes.array(), at + 4, end - at - 8);
        if (sum.getValue() != bytes.u32(end - 4)) {
            throw new RejectedException(
                    Reason.CORRUPT, "PNG chunk " + type + " at " + at + " fails its check sum");
        }
    }
}
