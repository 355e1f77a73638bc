package io.millrace.job.command;

import io.millrace.connectors.kafka.MissingTopicException;
import io.millrace.connectors.kafka.UnreachableBrokerException;
import io.millrace.connectors.replay.LostOffsetsException;
import io.millrace.job.settings.SettingsException;
import io.millrace.model.moco.UnfitWeightsException;
import io.millrace.model.snapshot.MalformedSnapshotException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** From an exception to an exit code and one sentence; the stack trace only for {@code -v}. */
public final class Failures implements IExecutionExceptionHandler {

    /** By type, the most particular first. */
    private final Map<Class<? extends Throwable>, ExitCode> codes = new LinkedHashMap<>();

    public Failures() {
        with(SettingsException.class, ExitCode.BAD_CONFIGURATION);
        with(UnfitWeightsException.class, ExitCode.BAD_CONFIGURATION);
        with(UnreachableBrokerException.class, ExitCode.UNREACHABLE);
        with(MissingTopicException.class, ExitCode.UNREACHABLE);
        with(LostOffsetsException.class, ExitCode.BAD_DATA);
        with(MalformedSnapshotException.class, ExitCode.BAD_DATA);
        with(TimeoutException.class, ExitCode.UNREACHABLE);
    }

    /** Adds a type; returns this. */
    public Failures with(Class<? extends Throwable> type, ExitCode code) {
        codes.put(type, code);
        return this;
    }

    @Override
    public int handleExecutionException(
            Exception failure, CommandLine commandLine, ParseResult parsed) {
        Throwable known = findKnown(failure);
        PrintWriter err = commandLine.getErr();
        err.println("millrace: " + sentence(known));
        if (isVerbose(commandLine)) {
            failure.printStackTrace(err);
        }
        err.flush();
        return exitCode(known).code();
    }

    /** The exit code for a failure or any of its causes; FAILURE for one that nobody foresaw. */
    public ExitCode exitCode(Throwable failure) {
        Throwable known = findKnown(failure);
        return known instanceof CommandFailure command
                ? command.exitCode()
                : codeOf(known, ExitCode.FAILURE);
    }

    private Throwable findKnown(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof CommandFailure || codes.keySet().stream().anyMatch(isTypeOf(t))) {
                return t;
            }
        }
        return failure;
    }

    private ExitCode codeOf(Throwable failure, ExitCode otherwise) {
        return codes.entrySet().stream()
                .filter(entry -> entry.getKey().isInstance(failure))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(otherwise);
    }

    private static Predicate<Class<? extends Throwable>> isTypeOf(Throwable t) {
        return type -> type.isInstance(t);
    }

    private static String sentence(Throwable failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName() + "; run again with -v for the stack trace";
        }
        boolean foreseen =
                failure instanceof CommandFailure
                        || failure instanceof SettingsException
                        || failure instanceof UnfitWeightsException
                        || failure instanceof UnreachableBrokerException
                        || failure instanceof MissingTopicException
                        || failure instanceof LostOffsetsException
                        || failure instanceof MalformedSnapshotException;
        return foreseen ? message : failure.getClass().getSimpleName() + ": " + message;
    }

    private static boolean isVerbose(CommandLine commandLine) {
        for (CommandLine c = commandLine; c != null; c = c.getParent()) {
            if (c.getCommand() instanceof Verbosity command && command.isVerbose()) {
                return true;
            }
        }
        return false;
    }
}
