package io.millrace.job.settings;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.millrace.model.schedule.Schedule;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;

/** The learning rate's course. */
public final class ScheduleOptions {

    /** Courses without an end. */
    public enum LiveKind {
        CONSTANT,
        EXPONENTIAL
    }

    public static final ConfigOption<Schedule.Kind> KIND =
            key("schedule.kind").enumType(Schedule.Kind.class).defaultValue(Schedule.Kind.CONSTANT);

    public static final ConfigOption<Long> STEPS =
            key("schedule.steps").longType().defaultValue(0L);

    public static final ConfigOption<Long> WARMUP_STEPS =
            key("schedule.warmup-steps").longType().defaultValue(0L);

    public static final ConfigOption<List<Double>> MILESTONES =
            key("schedule.milestones").doubleType().asList().defaultValues(0.6, 0.8);

    public static final ConfigOption<Double> DECAY =
            key("schedule.decay").doubleType().defaultValue(0.1);

    public static final ConfigOption<Long> DECAY_IMAGES =
            key("schedule.decay-images").longType().defaultValue(64_000_000L);

    public static final ConfigOption<LiveKind> LIVE_KIND =
            key("schedule.live.kind").enumType(LiveKind.class).defaultValue(LiveKind.CONSTANT);

    public static final ConfigOption<Double> LIVE_RATE =
            key("schedule.live.rate").doubleType().defaultValue(0.1);

    public static final ConfigOption<Long> LIVE_WARMUP_STEPS =
            key("schedule.live.warmup-steps").longType().defaultValue(0L);

    public static final ConfigOption<Double> LIVE_DECAY =
            key("schedule.live.decay").doubleType().defaultValue(0.9);

    public static final ConfigOption<Long> LIVE_DECAY_IMAGES =
            key("schedule.live.decay-images").longType().defaultValue(64_000_000L);

    static final List<Setting<?>> ALL =
            List.of(
                    new Setting<>(
                            KIND,
                            "The learning rate's course: `constant`; `step`, falling at milestones"
                                    + " (MoCo v1); `cosine` down to zero (v2), both over"
                                    + " `schedule.steps`; `exponential` per images, for an endless"
                                    + " stream.",
                            Domain.choice(Schedule.Kind.class, Schedule.Kind.COSINE)),
                    new Setting<>(
                            STEPS,
                            "Length of the schedule in steps; 0 is the run's own length, which a"
                                    + " bounded run knows and an endless one does not; of"
                                    + " `history-then-live` it is the history's, and"
                                    + " `schedule.live` follows.",
                            Domain.longInteger(0, 0)),
                    new Setting<>(
                            WARMUP_STEPS,
                            "Steps in which the rate rises from 0 in a straight line; large batches"
                                    + " and rates need some epochs of it.",
                            Domain.longInteger(0, 0)),
                    new Setting<>(
                            MILESTONES,
                            "Where a `step` schedule falls, as fractions of its length; MoCo v1's"
                                    + " epochs 120 and 160 of 200.",
                            Domain.fractions("0.6,0.8")),
                    new Setting<>(
                            DECAY,
                            "What the rate is multiplied by at each milestone of a `step` schedule,"
                                    + " or in each `schedule.decay-images` of an `exponential` one.",
                            Domain.above(0, 1, 0.1)),
                    new Setting<>(
                            DECAY_IMAGES,
                            "Images in which an `exponential` schedule falls by `schedule.decay`;"
                                    + " MoCo's run on a billion images fell by 0.9 in 64 million.",
                            Domain.longInteger(1, 64_000_000)),
                    new Setting<>(
                            LIVE_KIND,
                            "The learning rate's course in the live feed after a history, counted"
                                    + " from its beginning: `constant`, or `exponential` per"
                                    + " images.",
                            Domain.choice(LiveKind.class, LiveKind.EXPONENTIAL)),
                    new Setting<>(
                            LIVE_RATE,
                            "The part of `optimizer.learning-rate` that the live feed begins with."
                                    + " At 1 it undoes what the end of a cosine has refined.",
                            Domain.above(0, 1, 0.1)),
                    new Setting<>(
                            LIVE_WARMUP_STEPS,
                            "Steps in which the live feed's rate rises from 0 in a straight line.",
                            Domain.longInteger(0, 0)),
                    new Setting<>(
                            LIVE_DECAY,
                            "What an `exponential` live rate is multiplied by in each"
                                    + " `schedule.live.decay-images`.",
                            Domain.above(0, 1, 0.9)),
                    new Setting<>(
                            LIVE_DECAY_IMAGES,
                            "Images in which an `exponential` live rate falls by"
                                    + " `schedule.live.decay`.",
                            Domain.longInteger(1, 64_000_000)));

    private ScheduleOptions() {}
}
