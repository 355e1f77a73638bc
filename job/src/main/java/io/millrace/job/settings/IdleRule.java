package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.settings.EncoderOptions.Backbone;
import io.millrace.job.settings.ViewOptions.NormalizationName;
import io.millrace.model.moco.Mechanism;
import io.millrace.model.schedule.Schedule;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * An option that is read only for some values of another.
 *
 * @param ruler the other
 * @param readBy those values, as typed
 */
record IdleRule(
        ConfigOption<?> option,
        ConfigOption<?> ruler,
        String readBy,
        Predicate<ReadableConfig> read) {

    static final List<IdleRule> ALL =
            Stream.of(encoder(), contrast(), schedule(), shuffle()).flatMap(List::stream).toList();

    IdleRule {
        requireNonNull(option, "option");
        requireNonNull(ruler, "ruler");
        requireNonNull(readBy, "readBy");
        requireNonNull(read, "read");
    }

    boolean leavesUnread(ReadableConfig config) {
        return !read.test(config);
    }

    /** Whether nothing reads the option, given the others. */
    static boolean isIdle(ReadableConfig config, ConfigOption<?> option) {
        return ALL.stream().anyMatch(r -> r.option().equals(option) && r.leavesUnread(config));
    }

    /** 0 for what decides about no other; 2 for what does and is always read; 1 between them. */
    static int rank(String key) {
        boolean rules = ALL.stream().anyMatch(rule -> rule.ruler().key().equals(key));
        boolean ruled = ALL.stream().anyMatch(rule -> rule.option().key().equals(key));
        return rules ? ruled ? 1 : 2 : 0;
    }

    private static List<IdleRule> encoder() {
        return List.of(
                rule(EncoderOptions.BLOCK, EncoderOptions.ARCHITECTURE, List.of(Backbone.CUSTOM)),
                rule(EncoderOptions.WIDTH, EncoderOptions.ARCHITECTURE, List.of(Backbone.CUSTOM)),
                rule(EncoderOptions.BLOCKS, EncoderOptions.ARCHITECTURE, List.of(Backbone.CUSTOM)),
                rule(
                        ViewOptions.MEAN,
                        ViewOptions.NORMALIZATION,
                        List.of(NormalizationName.EXPLICIT)),
                rule(
                        ViewOptions.STD,
                        ViewOptions.NORMALIZATION,
                        List.of(NormalizationName.EXPLICIT)));
    }

    private static List<IdleRule> contrast() {
        return List.of(
                mechanism(
                        ContrastOptions.QUEUE_CAPACITY,
                        Mechanism.MOMENTUM_QUEUE,
                        Mechanism.MEMORY_BANK),
                mechanism(
                        ContrastOptions.MOMENTUM,
                        Mechanism.MOMENTUM_QUEUE,
                        Mechanism.MOMENTUM_BATCH),
                mechanism(
                        ContrastOptions.MOMENTUM_COURSE,
                        Mechanism.MOMENTUM_QUEUE,
                        Mechanism.MOMENTUM_BATCH),
                mechanism(
                        EncoderOptions.HEAD_PREDICTOR,
                        Mechanism.MOMENTUM_QUEUE,
                        Mechanism.MOMENTUM_BATCH),
                mechanism(ContrastOptions.SYMMETRIC, Mechanism.MOMENTUM_QUEUE),
                mechanism(ContrastOptions.BANK_CAPACITY, Mechanism.MEMORY_BANK),
                mechanism(ContrastOptions.BANK_MOMENTUM, Mechanism.MEMORY_BANK));
    }

    private static List<IdleRule> schedule() {
        return List.of(
                rule(ScheduleOptions.MILESTONES, ScheduleOptions.KIND, List.of(Schedule.Kind.STEP)),
                rule(
                        ScheduleOptions.DECAY,
                        ScheduleOptions.KIND,
                        List.of(Schedule.Kind.STEP, Schedule.Kind.EXPONENTIAL)),
                rule(
                        ScheduleOptions.DECAY_IMAGES,
                        ScheduleOptions.KIND,
                        List.of(Schedule.Kind.EXPONENTIAL)),
                live(ScheduleOptions.LIVE_KIND),
                live(ScheduleOptions.LIVE_RATE),
                live(ScheduleOptions.LIVE_WARMUP_STEPS),
                live(ScheduleOptions.LIVE_DECAY),
                live(ScheduleOptions.LIVE_DECAY_IMAGES),
                falling(ScheduleOptions.LIVE_DECAY),
                falling(ScheduleOptions.LIVE_DECAY_IMAGES));
    }

    private static IdleRule live(ConfigOption<?> option) {
        return rule(option, StreamOptions.START, List.of(StreamOptions.Start.HISTORY_THEN_LIVE));
    }

    private static IdleRule falling(ConfigOption<?> option) {
        return rule(
                option, ScheduleOptions.LIVE_KIND, List.of(ScheduleOptions.LiveKind.EXPONENTIAL));
    }

    private static List<IdleRule> shuffle() {
        return List.of(
                rule(
                        ReplayOptions.BLOCK,
                        ReplayOptions.SHUFFLE,
                        List.of(Shuffle.Kind.BLOCKS, Shuffle.Kind.FULL_WINDOW)),
                rule(
                        ReplayOptions.WINDOW,
                        ReplayOptions.SHUFFLE,
                        List.of(Shuffle.Kind.FULL_WINDOW)));
    }

    private static IdleRule mechanism(ConfigOption<?> option, Mechanism... readers) {
        return rule(option, ContrastOptions.MECHANISM, List.of(readers));
    }

    private static <E extends Enum<E>> IdleRule rule(
            ConfigOption<?> option, ConfigOption<E> ruler, List<E> readers) {
        String names =
                readers.stream()
                        .map(v -> v.name().replace('_', '-').toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(" or "));
        return new IdleRule(option, ruler, names, config -> readers.contains(config.get(ruler)));
    }
}
