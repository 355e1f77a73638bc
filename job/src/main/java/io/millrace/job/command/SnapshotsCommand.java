package io.millrace.job.command;

import io.millrace.job.probe.SnapshotFolder;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.snapshot.PublishedEncoder;
import io.millrace.model.snapshot.SnapshotExport;
import io.millrace.model.snapshot.SnapshotExport.Format;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is done with published encoders. */
@Command(
        name = "snapshots",
        description = "Work with published encoders.",
        subcommands = {SnapshotsCommand.Export.class, VerifyCommand.class})
public final class SnapshotsCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "missing subcommand; try: snapshots export, snapshots verify");
    }

    /** Writes an encoder in the form that another program wants. */
    @Command(
            name = "export",
            description = {
                "Writes a published encoder for another program.",
                "torchvision: the snapshot's model.safetensors as it is. timm: a folder with the same"
                        + " file and config.json; nothing else differs. detectron2: a safetensors"
                        + " file with its names, for model/python/detectron2_pickle.py."
            })
    static final class Export implements Callable<Integer> {

        @Option(
                names = "--snapshot",
                paramLabel = "DIR",
                required = true,
                description = "A snapshot, such as RUN/snapshots/default/latest.")
        private Path snapshot;

        @Option(
                names = "--format",
                required = true,
                description = "For which program: ${COMPLETION-CANDIDATES}, in any case.")
        private Format format;

        @Option(
                names = "--out",
                paramLabel = "FILE|DIR",
                required = true,
                description = "A new file; for timm a new folder.")
        private Path out;

        @Spec private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            Path directory = SnapshotFolder.snapshot(snapshot);
            try {
                SnapshotExport.write(directory, format, out);
            } catch (FileAlreadyExistsException e) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        e.getMessage() + " is there already; choose another --out, or delete it",
                        e);
            }
            PrintWriter console = spec.commandLine().getOut();
            console.println("wrote " + out);
            if (format == Format.DETECTRON2) {
                console.println(
                        "next: model/python/detectron2_pickle.py %s ENCODER.pkl".formatted(out));
                if (PublishedEncoder.read(directory).architecture().stem() != Stem.IMAGENET) {
                    console.println(
                            "note: detectron2's own ResNet has a stem of 7x7 and stride 2, this"
                                    + " encoder another; it takes a backbone of yours");
                }
            }
            console.flush();
            return ExitCode.OK.code();
        }
    }
}
