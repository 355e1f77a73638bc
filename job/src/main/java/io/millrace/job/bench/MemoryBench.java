package io.millrace.job.bench;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.console.Table;
import io.millrace.model.moco.Moco;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Resident memory of this process over training steps: it must not grow with them. */
public final class MemoryBench {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final int PARTS = 5;

    private MemoryBench() {}

    /**
     * Takes steps and says after each fifth of them what is resident, and how many arrays live.
     *
     * @throws CommandFailure where the system does not tell
     */
    public static String run(MocoSettings settings, int threads, int steps) throws IOException {
        var table = new Table().row("steps", "resident, MiB", "native arrays");
        try (Torch torch = Torch.start(Torch.Target.AUTO, threads);
                Moco moco = Moco.create(settings, torch)) {
            int done = 0;
            for (int part = 1; part <= PARTS; part++) {
                int until = (int) ((long) steps * part / PARTS);
                StepBench.run(settings, moco, until - done);
                done = until;
                table.row(
                        String.format(Locale.ROOT, "%,d", done),
                        String.format(Locale.ROOT, "%,.1f", residentKib() / 1024.0),
                        "" + torch.liveArrays());
            }
        }
        return table.render();
    }

    private static long residentKib() throws IOException {
        if (Files.isReadable(STATUS)) {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(RESIDENT)) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                "--memory reads " + RESIDENT + " of " + STATUS + ", which Linux has");
    }
}
