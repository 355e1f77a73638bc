package io.millrace.job.command;

/** What the process returns; part of the public contract. */
public enum ExitCode {
    OK(0),
    FAILURE(1),
    USAGE(2),
    BAD_CONFIGURATION(3),
    /** A service such as Kafka does not answer, or lacks a topic. */
    UNREACHABLE(4),
    /** Data is not what it claims to be. */
    BAD_DATA(5);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
