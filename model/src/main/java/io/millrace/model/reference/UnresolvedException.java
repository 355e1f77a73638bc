package io.millrace.model.reference;

import io.millrace.model.image.Decoding;
import io.millrace.model.image.Decoding.Reason;

/** Ends the resolution of one reference; becomes a {@link Resolution.Unresolved}. */
final class UnresolvedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final boolean passing;

    private UnresolvedException(Reason reason, String detail, boolean passing) {
        // Without a stack trace: bad references are everyday data.
        super(detail, null, false, false);
        this.reason = reason;
        this.passing = passing;
    }

    UnresolvedException(Reason reason, String detail) {
        this(reason, detail, false);
    }

    /** Of a failure that may be gone in a moment. */
    static UnresolvedException passing(String detail) {
        return new UnresolvedException(Reason.REFERENCE_UNAVAILABLE, detail, true);
    }

    boolean isPassing() {
        return passing;
    }

    Decoding.Rejected rejected() {
        return new Decoding.Rejected(reason, String.valueOf(getMessage()));
    }
}
