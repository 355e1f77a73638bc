package io.millrace.job.settings;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.millrace.model.schedule.Schedule;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;

/** The learning rate's course. */
public final class ScheduleOptions {

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
                                    + " bounded run knows and an endless one does not.",
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
                            Domain.longInteger(1, 64_000_000)));

    private ScheduleOptions() {}
}
