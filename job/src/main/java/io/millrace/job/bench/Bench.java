package io.millrace.job.bench;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.console.Console;
import io.millrace.job.ingest.ImageSources;
import io.millrace.job.run.RunDisplay;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.torch.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures step, augmentation, job and peer in turns, round after round, so that what else the
 * machine does falls on all of them.
 */
public final class Bench {

    private static final int AUGMENTED_IMAGES = 512;
    private static final double AUGMENT_SECONDS = 4;

    /**
     * How much to measure.
     *
     * @param rounds turns of everything
     * @param steps of the bare step and of the peer, each round
     * @param epochs of the job over the images, each round
     */
    public record Extent(int rounds, int steps, int epochs) {}

    /** A peer program and its interpreter. */
    public record Peer(String python, Path script, Path data) {}

    private final ResolvedSettings resolved;
    private final ImageSources images;
    private final Optional<Peer> peer;
    private final Consumer<String> listener;

    /** A bench of the settings on the images. */
    public Bench(
            ResolvedSettings resolved,
            ImageSources images,
            Optional<Peer> peer,
            Consumer<String> listener) {
        this.resolved = resolved;
        this.images = images;
        this.peer = peer;
        this.listener = listener;
    }

    /** Measures; everything written goes below the directory. */
    public BenchReport run(Extent extent, Path directory, Console console) throws Exception {
        Settings settings = resolved.settings().withScheduleSteps(1_000_000);
        int cores = Runtime.getRuntime().availableProcessors();
        int wanted = settings.parallelism().threads();
        int threads = wanted > 0 ? wanted : cores;
        Optional<PeerBench> other = peer.map(program -> peerBench(program, settings, threads));
        List<byte[]> some = FirstImages.of(images, AUGMENTED_IMAGES);
        var report = new BenchReport(cores);
        for (int round = 0; round < extent.rounds(); round++) {
            if (other.isPresent()) {
                listener.accept("round %d: peer step".formatted(round));
                report.add(BenchReport.PEER_STEP, other.get().step(extent.steps()));
                listener.accept("round %d: peer loop".formatted(round));
                report.add(BenchReport.PEER_LOOP, other.get().loop(extent.steps(), cores));
            }
            listener.accept("round %d: step".formatted(round));
            report.add(
                    BenchReport.STEP,
                    StepBench.imagesPerSecond(settings.moco(), threads, extent.steps()));
            listener.accept("round %d: augmentation".formatted(round));
            report.add(
                    BenchReport.AUGMENT,
                    AugmentBench.imagesPerSecond(some, settings.views(), AUGMENT_SECONDS));
            listener.accept("round %d: job".formatted(round));
            Path out = Files.createDirectories(directory.resolve("round-" + round));
            report.add(
                    BenchReport.JOB,
                    new JobBench(resolved, images, new RunDisplay(console))
                            .imagesPerSecond(out, extent.epochs()));
        }
        return report;
    }

    private static PeerBench peerBench(Peer program, Settings settings, int threads) {
        MocoSettings moco = settings.moco();
        try (Torch torch = Torch.start(Torch.Target.AUTO, threads)) {
            if (torch.isGpu()) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--peer: moco_cifar.py runs on the CPU, and this build on a GPU; compare"
                                + " with a build for the CPU, or leave out --peer");
            }
            List<String> arguments =
                    PeerArguments.of(
                            moco, settings.views(), torch.resolve(moco.encoder().precision()));
            return new PeerBench(program, arguments, moco.batchSize(), threads);
        }
    }
}
