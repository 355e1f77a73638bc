package io.millrace.model.snapshot;

/** A snapshot directory that does not hold what it should; the message names file and field. */
public final class MalformedSnapshotException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MalformedSnapshotException(String message) {
        super(message);
    }

    public MalformedSnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
