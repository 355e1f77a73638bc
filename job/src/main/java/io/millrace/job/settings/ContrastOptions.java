package io.millrace.job.settings;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.millrace.model.moco.Contrast.Bank;
import io.millrace.model.moco.Contrast.MomentumCourse;
import io.millrace.model.moco.Mechanism;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;

/** The contrastive task: what a query is compared with, and how. */
public final class ContrastOptions {

    public static final ConfigOption<Mechanism> MECHANISM =
            key("contrast.mechanism")
                    .enumType(Mechanism.class)
                    .defaultValue(Mechanism.MOMENTUM_QUEUE);

    public static final ConfigOption<Integer> QUEUE_CAPACITY =
            key("contrast.queue-capacity").intType().defaultValue(65_536);

    public static final ConfigOption<Double> TEMPERATURE =
            key("contrast.temperature").doubleType().defaultValue(0.2);

    public static final ConfigOption<Double> MOMENTUM =
            key("contrast.momentum").doubleType().defaultValue(0.999);

    public static final ConfigOption<MomentumCourse> MOMENTUM_COURSE =
            key("contrast.momentum-course")
                    .enumType(MomentumCourse.class)
                    .defaultValue(MomentumCourse.CONSTANT);

    public static final ConfigOption<Boolean> SYMMETRIC =
            key("contrast.symmetric").booleanType().defaultValue(false);

    public static final ConfigOption<Integer> BANK_CAPACITY =
            key("contrast.bank.capacity").intType().defaultValue(Bank.DEFAULT.capacity());

    public static final ConfigOption<Double> BANK_MOMENTUM =
            key("contrast.bank.momentum").doubleType().defaultValue(Bank.DEFAULT.momentum());

    static final List<Setting<?>> ALL =
            List.of(
                    new Setting<>(
                            MECHANISM,
                            "Where keys come from: `momentum-queue`, a momentum encoder and a queue"
                                    + " of earlier batches' keys (MoCo v1, v2); `momentum-batch`, a"
                                    + " momentum encoder and the same batch (MoCo v3); `end-to-end`,"
                                    + " the same batch with gradient to both views (SimCLR);"
                                    + " `memory-bank`, stored representations.",
                            Domain.choice(Mechanism.class, Mechanism.MOMENTUM_QUEUE)),
                    new Setting<>(
                            QUEUE_CAPACITY,
                            "Negative keys (K): kept by the queue, or sampled from the memory bank"
                                    + " at each step. Raise for harder negatives; costs K x"
                                    + " `head.dimension` x 4 bytes, and on a small stream keeps keys"
                                    + " of images that come again. A queue takes at least"
                                    + " `training.batch-size`, twice that if `contrast.symmetric`.",
                            Domain.integer(2, 16_777_216, 65_536)),
                    new Setting<>(
                            TEMPERATURE,
                            "T, by which every similarity is divided. Lower separates the nearest"
                                    + " negatives harder; below 0.05 training tends to be unstable.",
                            Domain.above(0, 100, 0.2)),
                    new Setting<>(
                            MOMENTUM,
                            "m, how much of itself the key encoder keeps at each step. Raise for"
                                    + " long runs and large queues, whose old keys must stay"
                                    + " comparable; lower for short ones.",
                            Domain.number(0, 1, 0.999)),
                    new Setting<>(
                            MOMENTUM_COURSE,
                            "How m goes on: `constant`, or `cosine`, rising to 1 over"
                                    + " `schedule.steps` (MoCo v3).",
                            Domain.choice(MomentumCourse.class, MomentumCourse.CONSTANT)),
                    new Setting<>(
                            SYMMETRIC,
                            "Whether each view is the query once and the key once; the loss is the"
                                    + " sum of both. Better features a step, at twice the time and"
                                    + " twice the keys.",
                            Domain.bool(false)),
                    new Setting<>(
                            BANK_CAPACITY,
                            "Representations that the memory bank keeps (M), one for each image: a"
                                    + " partition's number of records or more, or images share one."
                                    + " Costs M x `head.dimension` x 4 bytes in every checkpoint.",
                            Domain.integer(2, 16_777_216, 65_536)),
                    new Setting<>(
                            BANK_MOMENTUM,
                            "Share of a stored representation that stays when its image comes"
                                    + " again.",
                            Domain.number(0, 1, 0.5)));

    private ContrastOptions() {}
}
