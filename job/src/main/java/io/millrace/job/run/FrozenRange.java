package io.millrace.job.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.ReplayManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run over a topic's history reads, fixed at its first start in {@code range.json}: going on
 * later must neither see records that came since nor change the schedule.
 */
public final class FrozenRange {

    private static final ObjectMapper JSON = new ObjectMapper();

    private FrozenRange() {}

    /** The range that an earlier start fixed. */
    public static Optional<ReplayManifest> read(RunDirectory directory) {
        Path file = file(directory);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), ReplayManifest.class));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " is not a range that this program wrote", e);
        }
    }

    /** The range that an earlier start fixed, or all that the topic holds now; fixes nothing. */
    public static ReplayManifest readOrFreeze(
            RunDirectory directory, Topics topics, String topic, int epochs) {
        return read(directory).orElseGet(() -> ReplayManifest.freeze(topics, topic, epochs));
    }

    /** Fixes the range for later starts. */
    public static void write(RunDirectory directory, ReplayManifest range) {
        directory.writeJson(file(directory), range);
    }

    private static Path file(RunDirectory directory) {
        return directory.root().resolve("range.json");
    }
}
