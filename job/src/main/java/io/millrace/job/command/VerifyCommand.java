package io.millrace.job.command;

import io.millrace.job.probe.SnapshotFolder;
import io.millrace.model.snapshot.SnapshotCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks that published encoders are what they say. */
@Command(
        name = "verify",
        description = {
            "Checks every file of a snapshot against the hashes in its manifest.json, the tensors"
                    + " against the architecture, and the manifest's numbers among themselves.",
            "Exits with 5 and names what is wrong, a line each."
        })
final class VerifyCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "DIR",
            description =
                    "A snapshot, such as RUN/snapshots/default/latest, or a folder of snapshots.")
    private Path path;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        List<Path> snapshots =
                SnapshotFolder.isSnapshot(path)
                        ? List.of(SnapshotFolder.snapshot(path))
                        : SnapshotFolder.snapshots(path, 1);
        return (areWhole(snapshots) ? ExitCode.OK : ExitCode.BAD_DATA).code();
    }

    private boolean areWhole(List<Path> snapshots) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<String> problems = new ArrayList<>();
        for (Path snapshot : snapshots) {
            List<String> its = SnapshotCheck.problems(snapshot);
            if (its.isEmpty()) {
                out.println(snapshot + ": files and manifest agree");
            }
            problems.addAll(its);
        }
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        problems.forEach(problem -> err.println("millrace: " + problem));
        err.flush();
        return problems.isEmpty();
    }
}
