package io.millrace.tests;

import io.millrace.job.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * What a command line in this process came to.
 *
 * @param out what it printed for the user
 * @param err what it printed of failures
 */
record Invocation(int exitCode, String out, String err) {

    /** Settings of a run that takes seconds; the same bits at any load. */
    static final List<String> SMALL =
            List.of(
                    "-Dencoder.architecture=custom",
                    "-Dencoder.stem=cifar",
                    "-Dencoder.width=8",
                    "-Dencoder.blocks=1,1",
                    "-Dencoder.precision=fp32",
                    "-Dhead.dimension=16",
                    "-Dtraining.batch-size=32",
                    "-Dtraining.threads=1",
                    "-Dcontrast.queue-capacity=128",
                    "-Dbatch-norm.splits=2",
                    "-Dviews.side=16",
                    "-Dparallelism.augment=2");

    static Invocation of(List<String> arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine commandLine = Millrace.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        int exitCode = commandLine.execute(arguments.toArray(String[]::new));
        return new Invocation(exitCode, out.toString(), err.toString());
    }

    static Invocation of(String... arguments) {
        return of(List.of(arguments));
    }

    /** The words of {@code train} on a folder with the small settings and more. */
    static List<String> train(Path source, int epochs, Path out, String... more) {
        List<String> words = new ArrayList<>(List.of("train", "--source", source.toString()));
        words.addAll(List.of("--epochs", "" + epochs, "--out", out.toString()));
        words.addAll(SMALL);
        words.addAll(List.of(more));
        return words;
    }
}
