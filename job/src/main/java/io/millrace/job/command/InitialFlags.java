package io.millrace.job.command;

import io.millrace.job.probe.SnapshotFolder;
import io.millrace.job.settings.Learning;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.model.moco.InitialWeights;
import io.millrace.model.snapshot.PublishedEncoder;
import io.millrace.model.snapshot.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a run starts from. */
public final class InitialFlags {

    private static final String WEIGHTS = "model.safetensors";

    @Option(
            names = "--init-from",
            paramLabel = "FILE|DIR",
            description =
                    "Start from these weights instead of random ones: a safetensors file with"
                            + " torchvision's names, a snapshot, a folder with model.safetensors,"
                            + " or a MoCo checkpoint by model/python/convert_moco_checkpoint.py.")
    private @Nullable Path from;

    /** The file that the option names, if nothing is there. */
    Optional<Path> gone() {
        return Optional.ofNullable(from).filter(Files::notExists);
    }

    /**
     * Adds the file to the settings, once all of it has been checked against them.
     *
     * @param say told what is taken from it and what is not
     */
    ResolvedSettings applyTo(ResolvedSettings resolved, Consumer<String> say) throws IOException {
        if (from == null) {
            return resolved;
        }
        WeightsFile file = file(from);
        Learning learning = resolved.settings().learning();
        try (var weights = InitialWeights.open(file, learning.encoder(), learning.contrast())) {
            say.accept("the run starts from " + weights.taken() + " of " + file.path());
            weights.remarks().forEach(say);
        }
        return resolved.withInitial(file);
    }

    private static WeightsFile file(Path from) throws IOException {
        Path file = from;
        if (Files.isDirectory(from)) {
            file = from.resolve(WEIGHTS);
            if (SnapshotFolder.isSnapshot(from)) {
                Path snapshot = SnapshotFolder.snapshot(from);
                PublishedEncoder.read(snapshot); // checks the weights against the manifest
                file = snapshot.resolve(WEIGHTS);
            }
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--init-from %s: cannot read %s; expected a safetensors file, or a folder with %s"
                            .formatted(from, file, WEIGHTS));
        }
        return WeightsFile.of(file);
    }
}
