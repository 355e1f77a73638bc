package io.millrace.job.settings;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;

/** How a run watches itself, keeps itself, and spreads over a machine. */
public final class RunOptions {

    /** Which augmenter an image goes to. */
    public enum Dealing {
        TURNS,
        SHORTEST_QUEUE
    }

    public static final ConfigOption<Boolean> PROBE_ENABLED =
            key("probe.enabled").booleanType().defaultValue(true);
    public static final ConfigOption<Integer> PROBE_WINDOW =
            key("probe.window").intType().defaultValue(2048);
    public static final ConfigOption<Double> PROBE_LEARNING_RATE =
            key("probe.learning-rate").doubleType().defaultValue(0.1);
    public static final ConfigOption<Boolean> PROBE_BASELINE =
            key("probe.baseline").booleanType().defaultValue(false);
    public static final ConfigOption<Integer> PROBE_KNN_BANK =
            key("probe.knn.bank").intType().defaultValue(4096);
    public static final ConfigOption<Integer> PROBE_KNN_K =
            key("probe.knn.k").intType().defaultValue(20);
    public static final ConfigOption<Double> PROBE_KNN_TEMPERATURE =
            key("probe.knn.temperature").doubleType().defaultValue(0.1);
    public static final ConfigOption<Integer> PROBE_KNN_PER_STEP =
            key("probe.knn.per-step").intType().defaultValue(8);
    public static final ConfigOption<Integer> METRICS_EVERY_STEPS =
            key("metrics.every-steps").intType().defaultValue(10);
    public static final ConfigOption<Duration> CHECKPOINT_INTERVAL =
            key("checkpoint.interval").durationType().defaultValue(Duration.ofSeconds(30));
    public static final ConfigOption<Integer> SNAPSHOTS_KEEP =
            key("snapshots.keep").intType().defaultValue(5);
    public static final ConfigOption<Integer> PARALLELISM_SOURCE =
            key("parallelism.source").intType().defaultValue(1);
    public static final ConfigOption<Integer> PARALLELISM_AUGMENT =
            key("parallelism.augment").intType().defaultValue(0);
    public static final ConfigOption<Dealing> PARALLELISM_DEALING =
            key("parallelism.dealing").enumType(Dealing.class).defaultValue(Dealing.TURNS);
    public static final ConfigOption<Integer> PARALLELISM_TRAIN =
            key("parallelism.train").intType().defaultValue(1);

    static final List<Setting<?>> ALL =
            List.of(
                    new Setting<>(
                            PROBE_ENABLED,
                            "Whether a linear classifier and nearest neighbours on the features of"
                                    + " labelled records report how good they are, while training"
                                    + " goes on. Take the features of the training step itself.",
                            Domain.bool(true)),
                    new Setting<>(
                            PROBE_WINDOW,
                            "Labelled records that the reported accuracy covers, each tested before"
                                    + " it is learned. Larger is steadier and follows later.",
                            Domain.integer(1, 10_000_000, 2048)),
                    new Setting<>(
                            PROBE_LEARNING_RATE,
                            "Learning rate of the probe's classifier. Higher follows a changing"
                                    + " encoder faster and is noisier.",
                            Domain.above(0, 100, 0.1)),
                    new Setting<>(
                            PROBE_BASELINE,
                            "Whether the encoder as it was before the first step is probed too, for"
                                    + " comparison. Costs a forward pass a step.",
                            Domain.bool(true)),
                    new Setting<>(
                            PROBE_KNN_BANK,
                            "Labelled records that the online kNN keeps, the newest; 0 for none."
                                    + " More are nearer neighbours from an older encoder; costs bank"
                                    + " x features x 4 bytes in memory and in every checkpoint. The"
                                    + " collapse gauges are taken over it.",
                            Domain.integer(0, 1_000_000, 4096)),
                    new Setting<>(
                            PROBE_KNN_K,
                            "Neighbours that vote. Offline 200 of tens of thousands is usual; here a"
                                    + " class has about `probe.knn.bank` over the classes to offer.",
                            Domain.integer(1, 100_000, 20)),
                    new Setting<>(
                            PROBE_KNN_TEMPERATURE,
                            "T of the vote, in which a neighbour weighs exp(similarity / T). Lower"
                                    + " listens to the nearest.",
                            Domain.above(0, 100, 0.1)),
                    new Setting<>(
                            PROBE_KNN_PER_STEP,
                            "Labelled records of a step that are classified, spread over the batch;"
                                    + " all are kept. Each costs a pass over the bank.",
                            Domain.integer(1, 65_536, 8)),
                    new Setting<>(
                            METRICS_EVERY_STEPS,
                            "Steps that a report covers. Reading a loss waits for the device, so 1"
                                    + " slows a GPU down.",
                            Domain.integer(1, 1_000_000, 10)),
                    new Setting<>(
                            CHECKPOINT_INTERVAL,
                            "Time between checkpoints, each of which publishes the encoder it"
                                    + " holds: what a crash repeats, and how long readers wait for"
                                    + " committed output. Shorter costs a copy of the weights each"
                                    + " time.",
                            Domain.duration(Duration.ofMillis(100), Duration.ofSeconds(30))),
                    new Setting<>(
                            SNAPSHOTS_KEEP,
                            "Published encoders kept; older ones are deleted, the newest never.",
                            Domain.integer(1, 1_000_000, 5)),
                    new Setting<>(
                            PARALLELISM_SOURCE,
                            "Readers of the image topic. A replay gives the same batches with any"
                                    + " number; each holds up to two windows of"
                                    + " `source.shuffle.window-bytes` in memory.",
                            Domain.integer(1, 1024, 2)),
                    new Setting<>(
                            PARALLELISM_AUGMENT,
                            "Subtasks that decode and augment; 0 takes a share of the machine's"
                                    + " cores. Raise until the trainer no longer waits.",
                            Domain.integer(0, 128, 0)),
                    new Setting<>(
                            PARALLELISM_DEALING,
                            "Which augmenter an image goes to: `turns` makes all as slow as the"
                                    + " slowest, `shortest-queue` keeps all busy. Batches are the"
                                    + " same. With the latter the trainer's heap holds two views of"
                                    + " every image that overtakes a slow one, without bound: for"
                                    + " images that take about as long as each other.",
                            Domain.choice(Dealing.class, Dealing.TURNS)),
                    new Setting<>(
                            PARALLELISM_TRAIN,
                            "Subtasks that train, each with learners of its own and in a process"
                                    + " of its own, on a cluster; 1 in `train` and `demo`.",
                            Domain.integer(1, 128, 1)));

    private RunOptions() {}
}
