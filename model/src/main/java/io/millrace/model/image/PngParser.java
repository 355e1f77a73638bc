package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import java.io.ByteArrayOutputStream;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Reads a PNG's chunks, checks what ImageIO does not (lengths, check sums), and leaves out what
 * pixels don't need: text and profiles can inflate to gigabytes.
 */
final class PngParser {

    private static final int SIGNATURE = 8;
    private static final int CHECK_SUM = 4;
    private static final Set<String> NEEDED = Set.of("IHDR", "PLTE", "tRNS", "IDAT");
    private static final byte[] END = {
        0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xae, 0x42, 0x60, (byte) 0x82
    };

    private final Bytes bytes;
    private final ByteArrayOutputStream pixels;
    private boolean data;
    private boolean animated;

    private PngParser(Bytes bytes) {
        this.bytes = bytes;
        pixels = new ByteArrayOutputStream(bytes.length());
    }

    static ImageHeader.Png parse(Bytes bytes) throws RejectedException {
        if (bytes.u32(SIGNATURE) != 13 || !bytes.holds(SIGNATURE + 4, "IHDR")) {
            throw new RejectedException(
                    Reason.CORRUPT, "a PNG must begin with a header chunk of 13 bytes");
        }
        return new PngParser(bytes).parse();
    }

    private ImageHeader.Png parse() throws RejectedException {
        pixels.write(bytes.array(), 0, SIGNATURE);
        int at = SIGNATURE;
        while (at + 8 <= bytes.length() && !bytes.holds(at + 4, "IEND")) {
            String type = bytes.ascii(at + 4, 4);
            animated |= type.equals("acTL");
            if (data && (!isName(type) || (animated && type.equals("fcTL")))) {
                break; // the next picture of an animation, or rubbish
            }
            at = chunk(type, at);
        }
        if (bytes.u8(SIGNATURE + 19) != 0) {
            throw new RejectedException(
                    Reason.CORRUPT, "a PNG of filter method " + bytes.u8(SIGNATURE + 19));
        }
        if (!data) {
            throw new RejectedException(Reason.TRUNCATED, "a PNG without image data");
        }
        pixels.writeBytes(END);
        return new ImageHeader.Png(
                bytes.u32(SIGNATURE + 8),
                bytes.u32(SIGNATURE + 12),
                pixelBytes(),
                pixels.toByteArray());
    }

    private int pixelBytes() throws RejectedException {
        int channels =
                switch (bytes.u8(SIGNATURE + 17)) {
                    case 2 -> 3;
                    case 4 -> 2;
                    case 6 -> 4;
                    default -> 1;
                };
        return channels * (bytes.u8(SIGNATURE + 16) > 8 ? 2 : 1);
    }

    /** Takes or checks a chunk; returns where the next one begins. */
    private int chunk(String type, int at) throws RejectedException {
        boolean needed = NEEDED.contains(type);
        long end = at + 12 + bytes.u32(at);
        // Behind the pixels a check sum may be missing.
        if (end > bytes.length() + (data && !needed ? CHECK_SUM : 0)) {
            throw new RejectedException(
                    Reason.TRUNCATED,
                    "PNG chunk " + type + " ends at " + end + ", the bytes at " + bytes.length());
        }
        if (needed || !data) {
            requireCheckSum(type, at, (int) end);
            PngChunks.check(bytes, type, at + 8, (int) end - 4);
        }
        if (needed) {
            pixels.write(bytes.array(), at, (int) end - at);
            data |= type.equals("IDAT");
        }
        return (int) end;
    }

    private static boolean isName(String type) {
        return type.chars().allMatch(c -> c == '_' || (c < 128 && Character.isLetterOrDigit(c)));
    }

    private void requireCheckSum(String type, int at, int end) throws RejectedException {
        CRC32 sum = new CRC32();
        sum.update(bytes.array(), at + 4, end - at - 8);
        if (sum.getValue() != bytes.u32(end - 4)) {
            throw new RejectedException(
                    Reason.CORRUPT, "PNG chunk " + type + " at " + at + " fails its check sum");
        }
    }
}
