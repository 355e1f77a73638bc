package io.millrace.job.command;

import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.ScheduleOptions;
import io.millrace.job.settings.Settings;
import io.millrace.job.settings.SettingsException;
import io.millrace.job.settings.SettingsProblem;
import java.util.List;

/** A schedule's length against the run's. */
final class ScheduleCheck {

    private ScheduleCheck() {}

    /**
     * An endless run has no length of its own.
     *
     * @throws SettingsException if the schedule needs one
     */
    static void requireEndless(ResolvedSettings resolved) {
        if (resolved.settings().needsScheduleSteps()) {
            throw new SettingsException(
                    List.of(
                            new SettingsProblem(
                                    ScheduleOptions.STEPS.key(),
                                    "0",
                                    "the run is live and has no end",
                                    "the length of the schedule in steps",
                                    "try 100000, or -Dschedule.kind=constant and a constant"
                                            + " contrast.momentum-course")));
        }
    }

    /**
     * The settings with the run's length, where the schedule leaves it open.
     *
     * @param records of an epoch, dead letters included
     * @throws CommandFailure if they don't make a batch
     */
    static Settings withLength(Settings settings, long records, int epochs) {
        int batch = settings.learning().batchSize();
        boolean dropsLast = settings.source().replay().dropsLast();
        long steps = dropsLast ? records / batch * epochs : records * epochs / batch;
        if (steps < 1) {
            throw new CommandFailure(
                    ExitCode.BAD_DATA,
                    "the run reads %d records%s, which is less than one batch of %d (training.batch-size)"
                            .formatted(
                                    dropsLast ? records : records * epochs,
                                    dropsLast ? " in an epoch" : "",
                                    batch));
        }
        Settings known =
                settings.needsScheduleSteps() ? settings.withScheduleSteps(steps) : settings;
        requireWarmupWithin(known, steps);
        return known;
    }

    private static void requireWarmupWithin(Settings settings, long steps) {
        long warmup = settings.learning().schedule().warmupSteps();
        if (warmup >= steps) {
            throw new SettingsException(
                    List.of(
                            new SettingsProblem(
                                    ScheduleOptions.WARMUP_STEPS.key(),
                                    Long.toString(warmup),
                                    "the run has " + steps + " steps",
                                    "fewer steps of warm-up than the run has",
                                    "try " + steps / 10)));
        }
    }
}
