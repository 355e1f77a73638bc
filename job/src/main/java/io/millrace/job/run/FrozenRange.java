package io.millrace.job.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.settings.ReplayOptions;
import io.millrace.job.settings.Settings;
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

    /** The range that an earlier start fixed, or what the settings ask for; fixes nothing. */
    public static ReplayManifest readOrFreeze(
            RunDirectory directory, Topics topics, Settings settings) {
        return read(directory).orElseGet(() -> freeze(topics, settings));
    }

    /**
     * What the settings ask for, as the topic is now.
     *
     * @throws CommandFailure if they name offsets that the topic does not have
     */
    public static ReplayManifest freeze(Topics topics, Settings settings) {
        Settings.Replay replay = settings.source().replay();
        try {
            return ReplayManifest.freeze(
                            topics,
                            settings.kafka().images(),
                            replay.bounds(),
                            replay.epochs(),
                            replay.shuffle())
                    .within(replay.windowBytes(), KafkaConnection.to(settings.kafka().bootstrap()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.BAD_DATA,
                    e.getMessage()
                            + "; change "
                            + ReplayOptions.FROM.key()
                            + " or "
                            + ReplayOptions.TO.key(),
                    e);
        }
    }

    /** Fixes the range for later starts. */
    public static void write(RunDirectory directory, ReplayManifest range) {
        directory.writeJson(file(directory), range);
    }

    private static Path file(RunDirectory directory) {
        return directory.root().resolve("range.json");
    }
}
