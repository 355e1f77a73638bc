package io.millrace.job.settings;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.millrace.model.moco.Sgd;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;

/** What a step does: batch, batch norm, optimiser. */
public final class TrainingOptions {

    public static final ConfigOption<Integer> BATCH_SIZE =
            key("training.batch-size").intType().defaultValue(256);

    public static final ConfigOption<Long> SEED = key("training.seed").longType().defaultValue(0L);

    public static final ConfigOption<Integer> THREADS =
            key("training.threads").intType().defaultValue(0);

    public static final ConfigOption<Integer> SPLITS =
            key("batch-norm.splits").intType().defaultValue(8);

    public static final ConfigOption<Boolean> SHUFFLE_KEYS =
            key("batch-norm.shuffle-keys").booleanType().defaultValue(true);

    public static final ConfigOption<Sgd.Adaptation> ADAPTATION =
            key("optimizer.adaptation")
                    .enumType(Sgd.Adaptation.class)
                    .defaultValue(Sgd.Adaptation.NONE);

    public static final ConfigOption<Double> LEARNING_RATE =
            key("optimizer.learning-rate").doubleType().defaultValue(0.03);

    public static final ConfigOption<Double> MOMENTUM =
            key("optimizer.momentum").doubleType().defaultValue(0.9);

    public static final ConfigOption<Double> WEIGHT_DECAY =
            key("optimizer.weight-decay").doubleType().defaultValue(1e-4);

    static final List<Setting<?>> ALL =
            List.of(
                    new Setting<>(
                            BATCH_SIZE,
                            "View pairs a step (N). Raising it steadies the gradient and costs"
                                    + " memory and time per step in proportion; scale"
                                    + " `optimizer.learning-rate` with it (0.03 belongs to 256). A"
                                    + " multiple of `batch-norm.splits`, at most"
                                    + " `contrast.queue-capacity` where there is a queue.",
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
                            ADAPTATION,
                            "What is done to a gradient before momentum: `none`, or `lars`,"
                                    + " layer-wise adaptive rates, for batches of thousands; its"
                                    + " base rates are a hundred times higher.",
                            Domain.choice(Sgd.Adaptation.class, Sgd.Adaptation.NONE)),
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
                            Domain.number(0, 1, 1e-4)));

    private TrainingOptions() {}
}
