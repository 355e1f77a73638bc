package io.millrace.job.command;

import io.millrace.job.probe.SnapshotFolder;
import io.millrace.job.run.Retraining;
import io.millrace.model.snapshot.SnapshotCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks that published encoders are what they say. */
@Command(
        name = "verify",
        description = {
            "Checks every file of a snapshot against the hashes in its manifest.json, the tensors"
                    + " against the architecture, and the manifest's numbers among themselves.",
            "With --retrain, trains up to the snapshot once more, from the weights that its run"
                    + " started from and over the records that it names, and compares the weights"
                    + " bit for bit.",
            "Exits with 5 and names what is wrong, a line each."
        })
final class VerifyCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "DIR",
            description =
                    "A snapshot, such as RUN/snapshots/default/latest, or a folder of snapshots.")
    private Path path;

    @Option(
            names = "--retrain",
            description =
                    "Train again, too; takes as long as the run did up to there, on a machine like"
                            + " its own.")
    private boolean retrain;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description =
                    "Kafka brokers for --retrain; without it, the run's embedded one, or those that"
                            + " the snapshot names.")
    private @Nullable String bootstrap;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        List<Path> snapshots =
                SnapshotFolder.isSnapshot(path)
                        ? List.of(SnapshotFolder.snapshot(path))
                        : SnapshotFolder.snapshots(path, 1);
        if (retrain && snapshots.size() != 1) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "%s holds %d snapshots; --retrain expects one, such as %s"
                            .formatted(path, snapshots.size(), snapshots.get(0)));
        }
        boolean good = areWhole(snapshots) && (!retrain || comesOutAgain(snapshots.get(0)));
        return (good ? ExitCode.OK : ExitCode.BAD_DATA).code();
    }

    private boolean comesOutAgain(Path snapshot) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        List<String> differences =
                Retraining.of(snapshot, bootstrap)
                        .differences(
                                line -> {
                                    out.println(line);
                                    out.flush();
                                });
        if (differences.isEmpty()) {
            out.println(snapshot + ": training again gave the same weights, bit for bit");
            out.flush();
            return true;
        }
        PrintWriter err = spec.commandLine().getErr();
        differences.forEach(difference -> err.println("millrace: " + difference));
        err.println(
                "millrace: the weights are not what these records and settings give on this machine"
                        + " with this version; the notes say what was different then");
        err.flush();
        return false;
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
