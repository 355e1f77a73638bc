package io.millrace.job.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a run writes. */
public final class OutputFlags {

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where everything goes: broker data, checkpoints, snapshots, metrics, summary."
                            + " The same command with the same directory goes on where it stopped.")
    private @Nullable Path out;

    /** The directory, and the libraries' log in it; call before anything logs. */
    public Path directory(String otherwise) {
        Path directory = out == null ? Path.of(otherwise) : out;
        if (System.getProperty("millrace.log.file") == null) {
            System.setProperty("millrace.log.file", directory.resolve("millrace.log").toString());
        }
        return directory;
    }
}
