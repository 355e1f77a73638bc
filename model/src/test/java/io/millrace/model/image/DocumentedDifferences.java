package io.millrace.model.image;

import java.util.List;
import java.util.stream.Stream;

/** Where our outcome is not Pillow's on the shared corpus; docs/images.md says why. */
final class DocumentedDifferences {

    private static final List<String> ALWAYS =
            List.of(
                    // Image data whose check sum is wrong.
                    "only Pillow! CORRUPT image-png/bugfixes/x_interlaced_chck.png",
                    "only Pillow! CORRUPT image-png/pngsuite/xcsn0g01.png",
                    // 16-bit grey: its high byte, where Pillow makes everything above 255 white.
                    "other pixels! image-png/pngsuite/basi0g16.png",
                    "other pixels! image-png/pngsuite/g04n0g16.png",
                    "other pixels! image-png/pngsuite/g07n0g16.png",
                    "other pixels! image-png/pngsuite/oi2n0g16.png",
                    "other pixels! image-png/pngsuite/oi4n0g16.png",
                    "other pixels! image-png/pngsuite/oi9n0g16.png",
                    // No end marker; Pillow had all rows by then.
                    "only Pillow! TRUNCATED libjpeg-turbo/long/49065782-f0ebfd00-f216-11e8-9e9b-a86f3d5ea58a.jpg",
                    // More scans than an image needs.
                    "only Pillow! CORRUPT synthetic/bomb/jpeg-progressive-3000-scans.jpg",
                    // Broken PNG headers.
                    "only Pillow! TRUNCATED synthetic/corrupt-png/chunk-length-4g.png",
                    "only Pillow! CORRUPT synthetic/corrupt-png/compression-1.png",
                    "only Pillow! CORRUPT synthetic/corrupt-png/palette-missing.png");

    /** Of libjpeg-turbo 2.1; 3.1 smooths blocks otherwise where the last scans are missing. */
    private static final List<String> TURBO =
            List.of(
                    "other pixels! libjpeg-turbo/afl/jpeg/full/id:005045,sync:jpeg_turbo,src:003791.jpg",
                    "other pixels! libjpeg-turbo/afl/jpeg/full/id:005072,sync:jpeg_turbo,src:003826.jpg");

    /** Of libjpeg 6b, where damage made coefficients that no image has. */
    private static final List<String> LIBJPEG_6B =
            List.of(
                    "other pixels! libjpeg-turbo/afl/jpeg/full/id:001719,src:000679,op:flip1,pos:169.jpg",
                    "other pixels! synthetic/corrupt-jpeg/scan-bytes-changed-13.jpg",
                    "other pixels! synthetic/corrupt-jpeg/scan-bytes-changed-16.jpg");

    private DocumentedDifferences() {}

    static List<String> of(boolean turbo) {
        return Stream.concat(ALWAYS.stream(), (turbo ? TURBO : LIBJPEG_6B).stream()).toList();
    }
}
