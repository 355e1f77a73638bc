package io.millrace.job.command;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.hybrid.HistoryThenLiveSource;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.live.LiveSource;
import io.millrace.connectors.live.StartAt;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import io.millrace.job.settings.StreamOptions;
import io.millrace.model.stream.Frame;
import org.apache.flink.api.connector.source.Source;
import org.jspecify.annotations.Nullable;

/**
 * What a run reads by its settings.
 *
 * @param settings with the length of the schedule, which a replay's range may give
 */
record RunInput(Settings settings, Source<Frame, ?, ?> frames) {

    RunInput {
        requireNonNull(settings, "settings");
        requireNonNull(frames, "frames");
    }

    /**
     * Checks what can be checked without brokers.
     *
     * @throws io.millrace.job.settings.SettingsException if a live run lacks a schedule's length
     */
    static void requireSchedule(ResolvedSettings resolved) {
        if (!resolved.settings().source().readsHistory()) {
            ScheduleCheck.requireEndless(resolved);
        }
    }

    /**
     * The source by the settings.
     *
     * @param range what is replayed; null for a run that is only live
     * @throws CommandFailure if a replay's range doesn't make a batch
     */
    static RunInput of(
            Settings settings, KafkaConnection connection, @Nullable ReplayManifest range) {
        if (range != null) {
            return new RunInput(
                    ScheduleCheck.withLength(settings, range.offsets(), range.epochs()),
                    settings.source().followsHistory()
                            ? HistoryThenLiveSource.unbounded(
                                    connection, range, settings.kafka().group())
                            : new ReplaySource(connection, range));
        }
        StartAt start =
                settings.source().start() == StreamOptions.Start.EARLIEST
                        ? StartAt.earliest()
                        : StartAt.latest();
        return new RunInput(
                settings,
                LiveSource.unbounded(
                        connection, settings.kafka().images(), settings.kafka().group(), start));
    }
}
