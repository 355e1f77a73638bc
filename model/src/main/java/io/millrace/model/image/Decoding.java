package io.millrace.model.image;

import static java.util.Objects.requireNonNull;

/** What became of encoded bytes: pixels, or a reason to set them aside. */
public sealed interface Decoding {

    /** The pixels. */
    record Decoded(RgbImage image) implements Decoding {
        public Decoded {
            requireNonNull(image, "image");
        }
    }

    /**
     * Bytes that give no pixels.
     *
     * @param detail what was expected and what came, for a person to read
     */
    record Rejected(Reason reason, String detail) implements Decoding {
        public Rejected {
            requireNonNull(reason, "reason");
            requireNonNull(detail, "detail");
        }
    }

    /** Why; the names are a public contract, written into dead letters and metrics. */
    enum Reason {
        /** No bytes at all. */
        EMPTY,
        /** The first bytes are those of no image format known here. */
        NOT_AN_IMAGE,
        /** An image, of a format or variant that is not decoded here. */
        UNSUPPORTED_FORMAT,
        /** The bytes end before the pixels do. */
        TRUNCATED,
        /** The bytes contradict their format. */
        CORRUPT,
        /** More encoded bytes than {@link ImageLimits#maxBytes}. */
        TOO_MANY_BYTES,
        /** More pixels than {@link ImageLimits#maxSide} or {@link ImageLimits#maxPixels}. */
        TOO_LARGE,
        /** A reference that is not of the form that the documentation says. */
        REFERENCE_MALFORMED,
        /** A reference to a place that the settings do not allow. */
        REFERENCE_NOT_ALLOWED,
        /** There is nothing where a reference points to. */
        REFERENCE_MISSING,
        /** The server refuses what a reference asks for, or sends it elsewhere. */
        REFERENCE_REFUSED,
        /** Server or disk failed or were too slow, each time. */
        REFERENCE_UNAVAILABLE,
        /** What a reference points to has another length. */
        REFERENCE_LENGTH,
        /** What a reference points to has another SHA-256. */
        REFERENCE_SHA256
    }
}
