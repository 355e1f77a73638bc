package io.millrace.job.bench;

import io.millrace.connectors.replay.Bounds;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.ingest.ImageSources;
import io.millrace.job.ingest.Ingestion;
import io.millrace.job.run.KafkaEnds;
import io.millrace.job.run.RunDirectory;
import io.millrace.job.run.RunDisplay;
import io.millrace.job.run.RunSummary;
import io.millrace.job.run.Session;
import io.millrace.job.run.TrainingRun;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import java.nio.file.Path;
import java.util.Map;

/** The whole job, from a topic on the embedded broker to published encoders. */
final class JobBench {

    private final ResolvedSettings resolved;
    private final ImageSources images;
    private final RunDisplay display;

    JobBench(ResolvedSettings resolved, ImageSources images, RunDisplay display) {
        this.resolved = resolved;
        this.images = images;
        this.display = display;
    }

    /**
     * Loads the images and passes over them.
     *
     * @param directory new; the run's output
     * @return images/s from the first report to the last, so that starting up does not count
     * @throws CommandFailure if the run was interrupted, or too short to measure
     */
    double imagesPerSecond(Path directory, int epochs) throws Exception {
        try (var run = RunDirectory.open(directory, Map.of("command", "bench"));
                Session session = Session.embedded(run.broker())) {
            Settings settings =
                    resolved.settings().withBootstrap(session.connection().bootstrapServers());
            String topic = settings.kafka().images();
            session.imageTopic(topic);
            var target =
                    new Ingestion.Target(
                            settings.kafka().bootstrap(), topic, EmbeddedBroker.MAX_RECORD_BYTES);
            new Ingestion(target, progress -> {}).run(images, 0);
            ReplayManifest manifest =
                    ReplayManifest.freeze(
                            session.topics(),
                            topic,
                            Bounds.all(),
                            epochs,
                            settings.source().replay().shuffle());
            long steps = manifest.offsets() * epochs / settings.learning().batchSize();
            run.begin();
            var ends = new KafkaEnds(settings, resolved);
            ends.createOutputTopics(session.topics());
            RunSummary summary =
                    new TrainingRun(settings.withScheduleSteps(steps), run, display)
                            .execute(
                                    ends.around(
                                            new ReplaySource(session.connection(), manifest),
                                            run.root()),
                                    records -> {});
            return speed(summary);
        }
    }

    private static double speed(RunSummary summary) {
        if (!Boolean.TRUE.equals(summary.values().get("completed"))) {
            throw new CommandFailure(
                    ExitCode.FAILURE, "the job was interrupted, so there is nothing to report");
        }
        return summary.number("images_per_second")
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        ExitCode.FAILURE,
                                        "the job made no report, so its speed is unknown; give it"
                                                + " more images or --epochs, or lower"
                                                + " metrics.every-steps"));
    }
}
