package io.millrace.job.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.job.console.Console;
import io.millrace.job.console.Status;
import io.millrace.job.console.StatusLine;
import io.millrace.job.ingest.IngestProgress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Shows a run's progress on the console. */
public final class RunDisplay {

    private final Console console;
    private final StatusLine line;

    public RunDisplay(Console console) {
        this.console = console;
        this.line = new StatusLine(console);
    }

    /** Prints a sentence that stays. */
    public void say(String sentence) {
        console.print(sentence);
    }

    /** Shows where the run stands, from the first report on. */
    void show(ProgressWatch watch, Optional<Path> checkpoint) {
        watch.step().ifPresent(step -> line.show(status(step, watch, checkpoint)));
    }

    /** Shows how far the loading of files is. */
    public void show(IngestProgress progress) {
        console.update(
                () ->
                        "loading %s %,d images  %,.0f images/s"
                                .formatted(
                                        Console.bar(progress.fraction(), 30),
                                        progress.images(),
                                        progress.imagesPerSecond()),
                () ->
                        "loaded_images=%d loaded_fraction=%.3f images_per_s=%.1f"
                                .formatted(
                                        progress.images(),
                                        progress.fraction(),
                                        progress.imagesPerSecond()));
    }

    /** Leaves the last state standing. */
    public void end() {
        console.end();
    }

    private static Status status(JsonNode step, ProgressWatch watch, Optional<Path> checkpoint) {
        return new Status(
                new Status.Training(
                        step.path("step").asLong(),
                        step.path("images_per_second").asDouble(),
                        step.path("loss").asDouble(),
                        step.path("accuracy").asDouble(),
                        step.path("queue_fill").asDouble(Double.NaN)),
                new Status.Probe(
                        watch.probe("trained", "accuracy"),
                        watch.probe("untrained", "accuracy"),
                        watch.probe("trained", "knn_accuracy")),
                new Status.Stream(
                        watch.lag(),
                        step.path("rejected").asLong(),
                        checkpoint.map(RunDisplay::age).orElse(null)));
    }

    private static Duration age(Path checkpoint) {
        long written = RunDirectory.modified(checkpoint.resolve("_metadata"));
        return Duration.ofMillis(Math.max(0, System.currentTimeMillis() - written));
    }
}
