package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.ImageHeader.Coding;
import io.millrace.model.image.ImageHeader.Colour;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JPEG's markers up to its first scan, and rewrites them with one marker that names the
 * colour.
 *
 * <p>ImageIO converts colours by embedded profiles, guesses colour spaces from sampling factors and
 * fails on broken metadata; libjpeg, and so Pillow, does none of this. What is decoded here carries
 * neither profiles nor EXIF, and a marker that leaves nothing to guess. The rules for the colour
 * are libjpeg's (default_decompress_parms in jdapimin.c).
 */
final class JpegParser {

    /** A progressive file may hold thousands of scans over the whole image, each a few bytes. */
    private static final int MAX_SCANS = 500;

    private static final byte[] JFIF = {
        (byte) 0xff, (byte) 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
    };
    private static final byte[] ADOBE_UNTRANSFORMED = {
        (byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };

    private final Bytes bytes;
    private final ByteArrayOutputStream segments = new ByteArrayOutputStream(1024);

    private boolean jfif;
    private boolean adobe;
    private int adobeTransform;
    private @Nullable JpegFrame frame;

    // Bits: tables that are defined before the first scan.
    private int quantisers;
    private final JpegCodes codes = new JpegCodes();

    private JpegParser(Bytes bytes) {
        this.bytes = bytes;
    }

    static ImageHeader.Jpeg parse(Bytes bytes) throws RejectedException {
        return new JpegParser(bytes).parse();
    }

    private ImageHeader.Jpeg parse() throws RejectedException {
        int at = 2;
        while (true) {
            while (bytes.u8(at) != 0xff) {
                at++;
            }
            while (bytes.u8(at) == 0xff) {
                at++;
            }
            int marker = bytes.u8(at++);
            if (marker == 0xda) {
                return header(at - 2);
            }
            if (marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd7)) {
                continue; // stuffing, TEM and RST carry no segment
            }
            if (marker == 0xd8 || marker == 0xd9) {
                throw corrupt(marker == 0xd8 ? "a second start" : "its end before any scan");
            }
            int length = bytes.u16(at);
            if (length < 2) {
                throw corrupt("a segment of length " + length);
            }
            bytes.u8((long) at + length - 1);
            segment(marker, at, length);
            at += length;
        }
    }

    private void segment(int marker, int at, int length) throws RejectedException {
        if (marker == 0xe0) {
            jfif |= length >= 16 && bytes.holds(at + 2, "JFIF\0");
        } else if (marker == 0xee && length >= 14 && bytes.holds(at + 2, "Adobe")) {
            adobe = true;
            adobeTransform = bytes.u8(at + 13);
        }
        boolean application = marker >= 0xe0 && marker <= 0xef;
        if (application || marker == 0xfe) {
            return;
        }
        if (JpegFrame.isStart(marker)) {
            frame = frame(marker, at, length);
        }
        if (marker == 0xdb) {
            noteQuantisers(at + 2, at + length);
        } else if (marker == 0xc4) {
            codes.note(bytes, at + 2, at + length);
        }
        segments.write(0xff);
        segments.write(marker);
        segments.write(bytes.array(), at, length);
    }

    private JpegFrame frame(int marker, int at, int length) throws RejectedException {
        if (frame != null) {
            throw corrupt("a second frame");
        }
        // Baseline, extended, progressive; Huffman, then arithmetic coding of the latter two.
        if (marker != 0xc0
                && marker != 0xc1
                && marker != 0xc2
                && marker != 0xc9
                && marker != 0xca) {
            throw unsupported("coding process SOF" + (marker - 0xc0));
        }
        int precision = bytes.u8(at + 2);
        int components = bytes.u8(at + 7);
        if (precision != 8) {
            throw unsupported(precision + " bits a sample");
        }
        if (components != 1 && components != 3 && components != 4) {
            throw unsupported(components + " components");
        }
        if (length != 8 + 3 * components) {
            throw corrupt("a frame segment of length " + length);
        }
        return JpegFrame.read(bytes, marker, at);
    }

    private void noteQuantisers(int from, int to) throws RejectedException {
        for (int at = from; at < to; at += 65 + (bytes.u8(at) > 15 ? 64 : 0)) {
            quantisers |= 1 << (bytes.u8(at) & 15);
        }
    }

    private ImageHeader.Jpeg header(int scan) throws RejectedException {
        JpegFrame known = frame;
        if (known == null) {
            throw corrupt("a scan before any frame");
        }
        if (known.isProgressive() && JpegScans.exceed(bytes.array(), scan, MAX_SCANS)) {
            throw corrupt("more than " + MAX_SCANS + " scans");
        }
        if ((known.quantisers() & ~quantisers) != 0) {
            // A reader would take the tables of the file before.
            throw corrupt("a component without quantisation table");
        }
        Colour colour = colour(known);
        boolean plain = colour == Colour.GRAY || colour == Colour.YCBCR;
        byte[] named = plain ? JFIF : ADOBE_UNTRANSFORMED;
        boolean sufficient = codes.suffice(bytes, scan, known.components());
        byte[] standard = known.isSequential() && !sufficient ? codes.standard() : new byte[0];
        sufficient |= codes.suffice(bytes, scan, known.components());
        ByteArrayOutputStream markers =
                new ByteArrayOutputStream(2 + named.length + standard.length + segments.size());
        markers.write(0xff);
        markers.write(0xd8);
        markers.write(named, 0, named.length);
        markers.writeBytes(standard);
        markers.writeBytes(segments.toByteArray());
        return new ImageHeader.Jpeg(
                known.width(),
                known.height(),
                colour,
                coding(known, sufficient),
                known.halved(),
                markers.toByteArray(),
                scan);
    }

    private static Coding coding(JpegFrame known, boolean sufficient) {
        if (known.isArithmetic()) {
            return Coding.ARITHMETIC;
        }
        return known.isSequential() && sufficient ? Coding.COMPLETE : Coding.OPEN;
    }

    private Colour colour(JpegFrame known) {
        if (known.components() == 1) {
            return Colour.GRAY;
        }
        if (known.components() == 4) {
            return adobe && adobeTransform != 0 ? Colour.YCCK : Colour.CMYK;
        }
        if (jfif) {
            return Colour.YCBCR;
        }
        boolean rgb = adobe ? adobeTransform == 0 : known.ids() == (('R' << 16) | ('G' << 8) | 'B');
        return rgb ? Colour.RGB : Colour.YCBCR;
    }

    private static RejectedException corrupt(String what) {
        return new RejectedException(Reason.CORRUPT, "a JPEG with " + what);
    }

    private static RejectedException unsupported(String what) {
        return new RejectedException(
                Reason.UNSUPPORTED_FORMAT,
                "a JPEG with " + what + "; expected 8-bit grey, colour or CMYK, not lossless");
    }
}
