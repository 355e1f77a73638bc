package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;

/** Ends the parsing of one image; becomes a {@link Decoding.Rejected} before it leaves here. */
final class RejectedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    RejectedException(Reason reason, String detail) {
        // Without a stack trace: bad bytes are everyday data, and cost what good ones do.
        super(detail, null, false, false);
        this.reason = reason;
    }

    Decoding.Rejected rejected() {
        return new Decoding.Rejected(reason, String.valueOf(getMessage()));
    }

    /** The same, of a kind that the reader at hand may not know. */
    RejectedException unsupported() {
        return new RejectedException(Reason.UNSUPPORTED_FORMAT, String.valueOf(getMessage()));
    }
}
