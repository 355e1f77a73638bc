package io.millrace.job.run;

import io.millrace.connectors.kafka.TransactionLimit;
import io.millrace.job.settings.RunOptions;
import io.millrace.job.settings.Settings;
import io.millrace.job.settings.SettingsException;
import io.millrace.job.settings.SettingsProblem;
import io.millrace.job.settings.StreamOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.util.TimeUtils;

/**
 * Whether the sinks' transactions may stay open for as long as they must: from one checkpoint
 * through the whole of the next, and, if the job is killed just then, until it runs again and
 * commits them. Brokers abort one that takes longer, and its lines are lost.
 */
public final class TransactionCheck {

    /** What a restart may take: a process started again, state read back. */
    private static final Duration RESTART = Duration.ofMinutes(2);

    /** Flink's own time-out of a checkpoint. */
    private static final Duration USUAL_CHECKPOINT = Duration.ofMinutes(10);

    private static final Duration LEAST_CHECKPOINT = Duration.ofMinutes(1);

    private TransactionCheck() {}

    /**
     * How long a checkpoint may take where nobody has said it: what transactions leave room for.
     */
    public static Duration longestCheckpoint(Settings settings) {
        Duration room =
                settings.kafka()
                        .transactionTimeout()
                        .minus(settings.output().checkpointInterval())
                        .minus(RESTART);
        Duration most = room.compareTo(USUAL_CHECKPOINT) < 0 ? room : USUAL_CHECKPOINT;
        return most.compareTo(LEAST_CHECKPOINT) < 0 ? LEAST_CHECKPOINT : most;
    }

    /**
     * Compares the time-out with what the brokers allow and with what checkpoints need.
     *
     * @param checkpoint how long one may take
     * @param limit of the brokers, if they tell
     * @throws SettingsException with what does not fit, and what would
     */
    public static void require(Settings settings, Duration checkpoint, Optional<Duration> limit) {
        Duration timeout = settings.kafka().transactionTimeout();
        Duration interval = settings.output().checkpointInterval();
        Duration needed = interval.plus(checkpoint).plus(RESTART);
        List<SettingsProblem> problems = new ArrayList<>();
        if (limit.isPresent() && timeout.compareTo(limit.get()) > 0) {
            problems.add(
                    problem(
                            timeout,
                            "the brokers at %s allow %s"
                                    .formatted(settings.kafka().bootstrap(), text(limit.get())),
                            "at most that",
                            "set it to %s, or %s=%d on the brokers"
                                    .formatted(
                                            text(limit.get()),
                                            TransactionLimit.SETTING,
                                            timeout.toMillis())));
        }
        if (timeout.compareTo(needed) < 0) {
            problems.add(
                    problem(
                            timeout,
                            "%s %s, a checkpoint of at most %s and a restart of %s take %s"
                                    .formatted(
                                            RunOptions.CHECKPOINT_INTERVAL.key(),
                                            text(interval),
                                            text(checkpoint),
                                            text(RESTART),
                                            text(needed)),
                            "at least that",
                            "try %s, or checkpoints that come and end sooner"
                                    .formatted(text(needed))));
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    private static SettingsProblem problem(
            Duration timeout, String reason, String expected, String remedy) {
        return new SettingsProblem(
                StreamOptions.TRANSACTION_TIMEOUT.key(), text(timeout), reason, expected, remedy);
    }

    private static String text(Duration duration) {
        return TimeUtils.formatWithHighestUnit(duration);
    }
}
