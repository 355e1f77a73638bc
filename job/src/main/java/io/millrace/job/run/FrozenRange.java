package io.millrace.job.run;

import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.settings.ReplayOptions;
import io.millrace.job.settings.Settings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run over a topic's history reads, fixed at its first start in {@code range.json}: going on
 * later must neither see records that came since nor change the schedule.
 */
public final class FrozenRange {

    private FrozenRange() {}

    /** The range that an earlier start fixed. */
    public static Optional<ReplayManifest> read(RunDirectory directory) {
        return read(directory.root());
    }

    /** The same for a run on a cluster, by the directory of its output. */
    public static Optional<ReplayManifest> read(Path out) {
        return JsonFile.read(file(out), ReplayManifest.class);
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
                    replay.shuffle());
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

    /**
     * A range that an earlier start fixed must be what the settings ask for still.
     *
     * @throws CommandFailure if it is not, with both
     */
    public static void requireAgreement(ReplayManifest range, Settings settings, Path out) {
        Settings.Replay replay = settings.source().replay();
        String fixed = describe(range.topic(), range.epochs(), range.shuffle());
        String asked = describe(settings.kafka().images(), replay.epochs(), replay.shuffle());
        if (!fixed.equals(asked)) {
            throw new CommandFailure(
                    ExitCode.BAD_CONFIGURATION,
                    "%s was fixed at the run's first start for %s, and the settings now say %s; use the first ones to go on with it, or choose another --out"
                            .formatted(file(out), fixed, asked));
        }
    }

    private static String describe(String topic, int epochs, Shuffle shuffle) {
        return "%d epochs of topic %s, %s".formatted(epochs, topic, shuffle);
    }

    /** Fixes the range for later starts. */
    public static void write(RunDirectory directory, ReplayManifest range) {
        write(directory.root(), range);
    }

    /** The same for a run on a cluster. */
    public static void write(Path out, ReplayManifest range) {
        JsonFile.write(file(out), range);
    }

    private static Path file(Path out) {
        return out.resolve("range.json");
    }
}
