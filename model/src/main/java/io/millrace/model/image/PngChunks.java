package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What Pillow refuses a PNG for though its pixels would do: chunks before them that are too short,
 * or hold compressed texts and profiles of more than a megabyte (PngImagePlugin.py).
 */
final class PngChunks {

    private static final Map<String, Integer> SHORTEST =
            Map.of("sRGB", 1, "gAMA", 4, "pHYs", 9, "acTL", 8, "fcTL", 26);

    private static final int MAX_TEXT = 1 << 20;

    private PngChunks() {}

    /** Checks a chunk's content, which is inside the file. */
    static void check(Bytes bytes, String type, int from, int to) throws RejectedException {
        if (to - from < SHORTEST.getOrDefault(type, 0)) {
            throw corrupt(type, "of " + (to - from) + " bytes");
        }
        int name = from;
        while (name < to && bytes.u8(name) != 0) {
            name++;
        }
        if (name >= to) {
            return;
        }
        switch (type) {
            case "iCCP", "zTXt" -> {
                if (name + 1 < to) {
                    requireDeflated(bytes, type, name + 1);
                    requireModest(bytes, type, name + 2, to);
                }
            }
            case "iTXt" -> {
                if (name + 2 < to && bytes.u8(name + 1) != 0 && bytes.u8(name + 2) == 0) {
                    requireModest(bytes, type, text(bytes, name + 3, to), to);
                }
            }
            default -> {}
        }
    }

    private static void requireDeflated(Bytes bytes, String type, int method)
            throws RejectedException {
        if (bytes.u8(method) != 0) {
            throw corrupt(type, "compressed by method " + bytes.u8(method));
        }
    }

    /** Behind two more names, of the language and the translated keyword. */
    private static int text(Bytes bytes, int from, int to) throws RejectedException {
        int at = from;
        for (int names = 0; names < 2 && at < to; at++) {
            names += bytes.u8(at) == 0 ? 1 : 0;
        }
        return at;
    }

    private static void requireModest(Bytes bytes, String type, int from, int to)
            throws RejectedException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes.array(), from, to - from);
            byte[] some = new byte[1 << 14];
            int total = 0;
            int count = inflater.inflate(some);
            while (count > 0 && total <= MAX_TEXT) {
                total += count;
                count = inflater.inflate(some);
            }
            if (total > MAX_TEXT) {
                throw corrupt(type, "that inflates to more than " + MAX_TEXT + " bytes");
            }
        } catch (DataFormatException e) {
            // A broken text is no reason to refuse the picture.
        } finally {
            inflater.end();
        }
    }

    private static RejectedException corrupt(String type, String what) {
        return new RejectedException(Reason.CORRUPT, "a PNG with a chunk " + type + " " + what);
    }
}
