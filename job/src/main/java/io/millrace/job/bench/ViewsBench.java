package io.millrace.job.bench;

import io.millrace.connectors.replay.Bounds;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.console.Console;
import io.millrace.job.ingest.ImageSources;
import io.millrace.job.ingest.Ingestion;
import io.millrace.job.run.RunDisplay;
import io.millrace.job.run.Session;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import io.millrace.model.augment.Recipe;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Measures what feeds the trainer. First, in turns: decoding and views in one plain thread and in
 * one for each core (what the machine gives), augmentation in one subtask and in one for each core.
 * Then, in turns: a PyTorch DataLoader with the same transforms, that DataLoader with MoCo's step
 * in PyTorch, and the whole job, whose code would be compiled on the cores of what comes next.
 */
public final class ViewsBench {

    private static final int LOADED_IMAGES = 1024;
    private static final int BATCHES_PER_WORKER = 4;
    private static final int THREADED_IMAGES = 256;
    private static final double THREAD_SECONDS = 5;
    private static final double WARM_UP_SECONDS = 90;

    private final ResolvedSettings resolved;
    private final ImageSources images;
    private final Consumer<String> listener;

    /** A bench of the settings on the images. */
    public ViewsBench(ResolvedSettings resolved, ImageSources images, Consumer<String> listener) {
        this.resolved = resolved;
        this.images = images;
        this.listener = listener;
    }

    /**
     * Measures; everything written goes below the directory.
     *
     * @param python interpreter that has torch, torchvision and Pillow; without, no DataLoader
     * @param epochs of augmentation and job over the images, each round
     */
    public BenchReport run(
            int rounds, int epochs, Optional<String> python, Path directory, Console console)
            throws Exception {
        Settings settings = resolved.settings().withScheduleSteps(1_000_000);
        int cores = Runtime.getRuntime().availableProcessors();
        var report = new BenchReport(cores);
        List<byte[]> some = FirstImages.of(images, THREADED_IMAGES);
        Optional<LoaderBench> loader = loader(python, directory.resolve("loader"));
        Path data = Files.createDirectories(directory.resolve("broker"));
        try (Session session = Session.embedded(data);
                var subtasks =
                        new AugmentSubtasks(settings, replay(session, settings, epochs), cores)) {
            listener.accept("warming up");
            warmUp(subtasks, cores);
            for (int round = 0; round < rounds; round++) {
                add(report, BenchReport.ONE_THREAD, imagesPerSecond(some, settings, 1));
                add(report, BenchReport.THREADS, imagesPerSecond(some, settings, cores));
                add(report, BenchReport.ONE_SUBTASK, subtasks.imagesPerSecond(1));
                add(report, BenchReport.SUBTASKS, subtasks.imagesPerSecond(cores));
            }
        }
        for (int round = 0; round < rounds; round++) {
            if (loader.isPresent()) {
                add(report, loader.get(), settings, cores);
            }
            Path out = Files.createDirectories(directory.resolve("job-" + round));
            var job = new JobBench(resolved, images, new RunDisplay(console));
            add(report, BenchReport.JOB, job.imagesPerSecond(out, epochs));
        }
        return report;
    }

    /** Runs augmentation until compilers, which would take of two subtasks' cores, are done. */
    private static void warmUp(AugmentSubtasks subtasks, int cores) throws Exception {
        long began = System.nanoTime();
        do {
            subtasks.imagesPerSecond(cores);
        } while (System.nanoTime() - began < WARM_UP_SECONDS * 1e9);
    }

    private void add(BenchReport report, String name, double rate) {
        add(report, name, new WindowedRate(rate, List.of(rate)));
    }

    private void add(BenchReport report, String name, WindowedRate rate) {
        listener.accept("%s: %.0f images/s".formatted(name, rate.whole()));
        report.add(name, rate);
    }

    private static double imagesPerSecond(List<byte[]> images, Settings settings, int threads)
            throws InterruptedException, ExecutionException {
        return AugmentBench.imagesPerSecond(images, settings.views(), THREAD_SECONDS, threads);
    }

    private void add(BenchReport report, LoaderBench loader, Settings settings, int cores)
            throws IOException, InterruptedException {
        Recipe views = settings.views();
        MocoSettings moco = settings.moco();
        int loaded = Math.max(LOADED_IMAGES, BATCHES_PER_WORKER * cores * moco.batchSize());
        double fed = loader.feeding(views, loaded, moco.batchSize(), cores);
        add(report, BenchReport.LOADER, fed);
        try (Torch torch = Torch.start(Torch.Target.AUTO, cores)) {
            if (!torch.isGpu()) { // the program's step is one for CPUs
                Precision precision = torch.resolve(moco.encoder().precision());
                double trained = loader.training(views, moco, precision, loaded, cores);
                add(report, BenchReport.LOADER_LOOP, trained);
            }
        }
    }

    private Optional<LoaderBench> loader(Optional<String> python, Path folder) throws IOException {
        return python.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new LoaderBench(
                                python.get(), FirstImages.of(images, LOADED_IMAGES), folder));
    }

    /** The images on a topic, in stream order. */
    private ReplaySource replay(Session session, Settings settings, int epochs) throws Exception {
        String topic = settings.kafka().images();
        session.imageTopic(topic);
        var target =
                new Ingestion.Target(
                        session.connection().bootstrapServers(),
                        topic,
                        EmbeddedBroker.MAX_RECORD_BYTES);
        new Ingestion(target, progress -> {}).run(images, 0);
        return new ReplaySource(
                session.connection(),
                ReplayManifest.freeze(
                        session.topics(), topic, Bounds.all(), epochs, Shuffle.none()));
    }
}
