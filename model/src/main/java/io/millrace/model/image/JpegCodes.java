package io.millrace.model.image;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/** Which Huffman tables a JPEG defines before its first scan. */
final class JpegCodes {

    private static final int AC = 16;

    /** Tables 0 and 1 of both classes, those that a file may leave out. */
    private static final int STANDARD = 3 | (3 << AC);

    // One bit for each table, those of AC coefficients from the 17th on.
    private int defined;

    /** Notes the tables of a segment's content. */
    void note(Bytes bytes, int from, int to) throws RejectedException {
        int at = from;
        while (at < to) {
            defined |= 1 << (bytes.u8(at) & 31);
            int symbols = 0;
            for (int i = 1; i <= 16; i++) {
                symbols += bytes.u8(at + i);
            }
            at += 17 + symbols;
        }
    }

    /**
     * Where table 0 or 1 is missing, the segment that defines them as ITU-T T.81 does (K.3), else
     * nothing. Frames of motion JPEG leave them out; libjpeg-turbo fills them in (jstdhuff.c), the
     * libjpeg 6b of most JDKs does not. It belongs before the file's own tables.
     */
    byte[] standard() {
        if ((STANDARD & ~defined) == 0) {
            return new byte[0];
        }
        defined |= STANDARD;
        ByteArrayOutputStream tables = new ByteArrayOutputStream(432);
        add(tables, 0x00, JPEGHuffmanTable.StdDCLuminance);
        add(tables, 0x10, JPEGHuffmanTable.StdACLuminance);
        add(tables, 0x01, JPEGHuffmanTable.StdDCChrominance);
        add(tables, 0x11, JPEGHuffmanTable.StdACChrominance);
        byte[] segment = new byte[4 + tables.size()];
        segment[0] = (byte) 0xff;
        segment[1] = (byte) 0xc4;
        segment[2] = (byte) ((2 + tables.size()) >> 8);
        segment[3] = (byte) (2 + tables.size());
        System.arraycopy(tables.toByteArray(), 0, segment, 4, tables.size());
        return segment;
    }

    private static void add(ByteArrayOutputStream tables, int id, JPEGHuffmanTable table) {
        tables.write(id);
        for (short length : Arrays.copyOf(table.getLengths(), 16)) {
            tables.write(length);
        }
        for (short symbol : table.getValues()) {
            tables.write(symbol);
        }
    }

    /** Whether a scan has all components, and the tables that it names are defined. */
    boolean suffice(Bytes bytes, int scan, int components) throws RejectedException {
        if (bytes.u8(scan + 4) != components) {
            return false;
        }
        int named = 0;
        for (int c = 0; c < components; c++) {
            int tables = bytes.u8(scan + 6 + 2 * c);
            named |= (1 << (tables >> 4)) | (1 << (AC + (tables & 15)));
        }
        return (named & ~defined) == 0;
    }
}
