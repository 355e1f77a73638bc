package io.millrace.job.command;

/** A command that knows whether the user asked for details. */
public interface Verbosity {

    boolean isVerbose();
}
