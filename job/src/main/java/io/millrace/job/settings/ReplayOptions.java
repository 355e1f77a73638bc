package io.millrace.job.settings;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.millrace.connectors.replay.Bounds;
import io.millrace.connectors.replay.Shuffle;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

/** What a replay passes over, and in which order. */
public final class ReplayOptions {

    /** What becomes of records at the end of an epoch that do not make a batch. */
    public enum EpochEnd {
        /** They open the next epoch's first batch. */
        WRAP,
        /** They are not trained on in this epoch. */
        DROP_LAST
    }

    public static final ConfigOption<Integer> EPOCHS =
            key("source.epochs").intType().defaultValue(1);
    public static final ConfigOption<EpochEnd> EPOCH_END =
            key("source.epoch-end").enumType(EpochEnd.class).defaultValue(EpochEnd.WRAP);
    public static final ConfigOption<String> FROM =
            key("source.from").stringType().defaultValue("earliest");
    public static final ConfigOption<String> TO =
            key("source.to").stringType().defaultValue("latest");
    public static final ConfigOption<Shuffle.Kind> SHUFFLE =
            key("source.shuffle")
                    .enumType(Shuffle.Kind.class)
                    .defaultValue(Shuffle.Kind.FULL_WINDOW);
    public static final ConfigOption<Integer> BLOCK =
            key("source.shuffle.block").intType().defaultValue(512);
    public static final ConfigOption<Integer> WINDOW =
            key("source.shuffle.window").intType().defaultValue(16);

    public static final ConfigOption<MemorySize> WINDOW_BYTES =
            key("source.shuffle.window-bytes")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(64));

    private static final String PLACES =
            "earliest, latest, a time such as 2026-01-31T00:00:00Z, or offsets of all partitions"
                    + " such as 0:1200,1:980";

    static final List<Setting<?>> ALL =
            List.of(
                    new Setting<>(
                            EPOCHS,
                            "Passes of a replay over the topic. More give better features up to a"
                                    + " few hundred, at their full cost each.",
                            Domain.integer(1, 1_000_000, 20)),
                    new Setting<>(
                            EPOCH_END,
                            "What becomes of the records at the end of an epoch that do not make a"
                                    + " batch: `wrap` lets them open the next epoch's first batch,"
                                    + " `drop-last` leaves them out, as PyTorch's loaders do.",
                            Domain.choice(EpochEnd.class, EpochEnd.DROP_LAST)),
                    new Setting<>(
                            FROM,
                            "Where a replay begins: the first record of each partition. Fixed at the"
                                    + " first start.",
                            Domain.accepting(ReplayOptions::isPlace, PLACES, "earliest")),
                    new Setting<>(
                            TO,
                            "Where a replay ends: one past the last record of each partition. Fixed"
                                    + " at the first start; what the topic gains later is not read.",
                            Domain.accepting(ReplayOptions::isPlace, PLACES, "latest")),
                    new Setting<>(
                            SHUFFLE,
                            "The order of each epoch, a pure function of `training.seed` and the"
                                    + " epoch: `none` is stream order, `blocks` permutes blocks of"
                                    + " consecutive records, `full-window` shuffles the records"
                                    + " within each `source.shuffle.window` blocks as well.",
                            Domain.choice(Shuffle.Kind.class, Shuffle.Kind.FULL_WINDOW)),
                    new Setting<>(
                            BLOCK,
                            "Consecutive offsets of a partition that are read together, at most."
                                    + " Smaller costs more requests to the brokers, and with as"
                                    + " many records in a window mixes better.",
                            Domain.integer(1, 1 << 16, 64)),
                    new Setting<>(
                            WINDOW,
                            "Blocks whose records are in memory at once, still encoded, and shuffled"
                                    + " together, at most; `source.shuffle.window-bytes` bounds them"
                                    + " too. Larger mixes better: on a topic with runs of L"
                                    + " similar records two of a batch share a run with a"
                                    + " probability of about min(L, block) / (2 x block x window).",
                            Domain.integer(1, 256, 16)),
                    new Setting<>(
                            WINDOW_BYTES,
                            "What the encoded records of a window are expected to take, by the mean"
                                    + " size of 64 of them when the range is frozen; of larger"
                                    + " records blocks become shorter, then fewer. A reader holds up"
                                    + " to two windows. Records much larger than the mean that lie"
                                    + " close together can take more.",
                            Domain.memory(MemorySize.ofMebiBytes(1 << 16), "64 mb")));

    private ReplayOptions() {}

    private static boolean isPlace(String text) {
        try {
            Bounds.Place.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
