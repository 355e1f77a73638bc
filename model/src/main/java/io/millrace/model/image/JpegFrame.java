package io.millrace.model.image;

/**
 * A JPEG's start of frame: what the picture is.
 *
 * @param marker SOF0 (0xc0) and SOF1 sequential, SOF2 progressive, SOF9 and SOF10 the same with
 *     arithmetic coding
 * @param ids of the components, a byte each, the first one's the highest
 * @param quantisers one bit for each quantisation table that a component names
 * @param halved one bit for each component, the first one's the lowest: whether it has all columns
 *     and half the rows, as chroma of 4:4:0 has
 */
record JpegFrame(
        int marker, int width, int height, int components, int ids, int quantisers, int halved) {

    /** Whether a marker starts a frame, of whatever coding process. */
    static boolean isStart(int marker) {
        return marker >= 0xc0
                && marker <= 0xcf
                && marker != 0xc4
                && marker != 0xc8
                && marker != 0xcc;
    }

    boolean isSequential() {
        return marker == 0xc0 || marker == 0xc1;
    }

    boolean isProgressive() {
        return (marker & 3) == 2;
    }

    boolean isArithmetic() {
        return marker >= 0xc9;
    }

    /** From a segment of known components that begins, with its length, at a position. */
    static JpegFrame read(Bytes bytes, int marker, int at) throws RejectedException {
        int components = bytes.u8(at + 7);
        int ids = 0;
        int quantisers = 0;
        int columns = 0;
        int rows = 0;
        for (int c = at + 8; c < at + 8 + 3 * components; c += 3) {
            int factors = bytes.u8(c + 1);
            columns = Math.max(columns, factors >> 4);
            rows = Math.max(rows, factors & 15);
            ids = (ids << 8) | bytes.u8(c);
            quantisers |= 1 << (bytes.u8(c + 2) & 31);
        }
        int halved = 0;
        for (int c = 0; c < components; c++) {
            int factors = bytes.u8(at + 9 + 3 * c);
            if (factors >> 4 == columns && 2 * (factors & 15) == rows) {
                halved |= 1 << c;
            }
        }
        int width = bytes.u16(at + 5);
        int height = bytes.u16(at + 3);
        return new JpegFrame(marker, width, height, components, ids, quantisers, halved);
    }
}
