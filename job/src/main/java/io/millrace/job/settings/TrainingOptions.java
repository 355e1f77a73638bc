package io.millrace.job.settings;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.millrace.model.schedule.Schedule;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;

/** What a step does: batch, contrast, batch norm, optimiser, schedule. */
public final class TrainingOptions {

    public static final ConfigOption<Integer> BATCH_SIZE =
            key("training.batch-size").intType().defaultValue(256);

    public static final ConfigOption<Long> SEED = key("training.seed").longType().defaultValue(0L);

    public static final ConfigOption<Integer> THREADS =
            key("training.threads").intType().defaultValue(0);

    public static final ConfigOption<Integer> QUEUE_CAPACITY =
            key("contrast.queue-capacity").intType().defaultValue(65_536);

    public static final ConfigOption<Double> TEMPERATURE =
            key("contrast.temperature").doubleType().defaultValue(0.2);

    public static final ConfigOption<Double> KEY_MOMENTUM =
            key("contrast.momentum").doubleType().defaultValue(0.999);

    public static final ConfigOption<Boolean> SYMMETRIC =
            key("contrast.symmetric").booleanType().defaultValue(false);

    public static final ConfigOption<Integer> SPLITS =
            key("batch-norm.splits").intType().defaultValue(8);

    public static final ConfigOption<Boolean> SHUFFLE_KEYS =
            key("batch-norm.shuffle-keys").booleanType().defaultValue(true);

    public static final ConfigOption<Double> LEARNING_RATE =
            key("optimizer.learning-rate").doubleType().defaultValue(0.03);

    public static final ConfigOption<Double> MOMENTUM =
            key("optimizer.momentum").doubleType().defaultValue(0.9);

    public static final ConfigOption<Double> WEIGHT_DECAY =
            key("optimizer.weight-decay").doubleType().defaultValue(1e-4);

    public static final ConfigOption<Schedule.Kind> SCHEDULE =
            key("schedule.kind").enumType(Schedule.Kind.class).defaultValue(Schedule.Kind.CONSTANT);

    public static final ConfigOption<Long> SCHEDULE_STEPS =
            key("schedule.steps").longType().defaultValue(0L);

    static final List<Setting<?>> ALL =
            List.of(
                    new Setting<>(
                            BATCH_SIZE,
                            "View pairs a step (N). Raising it steadies the gradient and costs"
                                    + " memory and time per step in proportion; scale"
                                    + " `optimizer.learning-rate` with it (0.03 belongs to 256). A"
                                    + " multiple of `batch-norm.splits`, at most"
                                    + " `contrast.queue-capacity`.",
                            Domain.integer(2, 65_536, 256)),
                    new Setting<>(
                            SEED,
                            "Seed of the initial weights, the queue, the permutations and every"
                                    + " view. The same seed over the same records gives the same"
                                    + " encoder, bit for bit on a CPU.",
                            Domain.longInteger(Long.MIN_VALUE, 0)),
                    new Setting<>(
                            THREADS,
                            "Threads that a training step computes with; 0 takes all of the"
                                    + " machine's cores. More threads than free cores slow a step"
                                    + " down, and a different number changes the last bits of the"
                                    + " result.",
                            Domain.integer(0, 1024, 0)),
                    new Setting<>(
                            QUEUE_CAPACITY,
                            "Negative keys kept (K). Raise for harder negatives; costs K x"
                                    + " `head.dimension` x 4 bytes, and on a small stream keeps keys"
                                    + " of images that come again. At least `training.batch-size`, twice"
                                    + " that if `contrast.symmetric`.",
                            Domain.integer(2, 16_777_216, 65_536)),
                    new Setting<>(
                            TEMPERATURE,
                            "T, by which every similarity is divided. Lower separates the nearest"
                                    + " negatives harder; below 0.05 training tends to be unstable.",
                            Domain.above(0, 100, 0.2)),
                    new Setting<>(
                            KEY_MOMENTUM,
                            "m, how much of itself the key encoder keeps at each step. Raise for"
                                    + " long runs and large queues, whose old keys must stay"
                                    + " comparable; lower for short ones.",
                            Domain.number(0, 1, 0.999)),
                    new Setting<>(
                            SYMMETRIC,
                            "Whether each view is the query once and the key once; the loss is the"
                                    + " sum of both. Better features a step, at twice the time and"
                                    + " twice the keys.",
                            Domain.bool(false)),
                    new Setting<>(
                            SPLITS,
                            "Groups of a batch with batch statistics of their own, as if on so many"
                                    + " GPUs; 1 is ordinary batch norm. More groups make noisier"
                                    + " statistics. Divides `training.batch-size`, leaving two or"
                                    + " more samples a group.",
                            Domain.integer(1, 4096, 8)),
                    new Setting<>(
                            SHUFFLE_KEYS,
                            "Whether keys are normalised in other groups than their queries, so"
                                    + " that statistics give nothing away. Of use with"
                                    + " `batch-norm.splits` above 1.",
                            Domain.bool(true)),
                    new Setting<>(
                            LEARNING_RATE,
                            "Base rate of SGD, which the schedule multiplies. Too high diverges, too"
                                    + " low wastes steps.",
                            Domain.number(0, 100, 0.03)),
                    new Setting<>(
                            MOMENTUM,
                            "Momentum of SGD: the share of the last update that goes on.",
                            Domain.fractionBelowOne(0.9)),
                    new Setting<>(
                            WEIGHT_DECAY,
                            "Pull of every parameter towards zero. Raise for small data sets.",
                            Domain.number(0, 1, 1e-4)),
                    new Setting<>(
                            SCHEDULE,
                            "The learning rate's course: `constant` for an endless stream, `cosine`"
                                    + " down to zero over `schedule.steps`.",
                            Domain.choice(Schedule.Kind.class, Schedule.Kind.COSINE)),
                    new Setting<>(
                            SCHEDULE_STEPS,
                            "Length of a cosine schedule in steps; 0 is the run's own length, which"
                                    + " a bounded run knows and an endless one does not.",
                            Domain.longInteger(0, 0)));

    private TrainingOptions() {}
}
