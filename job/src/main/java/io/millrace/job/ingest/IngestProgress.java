package io.millrace.job.ingest;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How far an ingestion is.
 *
 * @param images confirmed by the broker
 * @param bytes of those images
 * @param oversized files passed over because the topic takes no record of their size
 * @param fraction of the sources' bytes, 0 to 1
 * @param tooLarge path of the file just passed over; empty for none
 */
public record IngestProgress(
        long images,
        long bytes,
        long oversized,
        double fraction,
        String tooLarge,
        Duration elapsed) {

    public IngestProgress {
        requireNonNull(tooLarge, "tooLarge");
        requireNonNull(elapsed, "elapsed");
    }

    public double imagesPerSecond() {
        return images / Math.max(1e-9, elapsed.toNanos() / 1e9);
    }
}
