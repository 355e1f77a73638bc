package io.millrace.job.settings;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;

/** Where records come from and go to. */
public final class StreamOptions {

    /** What is read. */
    public enum Mode {
        /** Records as they arrive, without end. */
        LIVE,
        /** What the topic holds at the start, once per epoch; then the end. */
        REPLAY
    }

    /** Where a live reader begins when no checkpoint says. */
    public enum Start {
        EARLIEST,
        LATEST,
        /** After epochs over what the topic holds at the start. */
        HISTORY_THEN_LIVE
    }

    public static final ConfigOption<Mode> MODE =
            key("source.mode").enumType(Mode.class).defaultValue(Mode.LIVE);
    public static final ConfigOption<Start> START =
            key("source.start").enumType(Start.class).defaultValue(Start.EARLIEST);
    public static final ConfigOption<Double> MAX_REJECTED_SHARE =
            key("source.max-rejected-share").doubleType().defaultValue(1.0);
    public static final ConfigOption<Integer> REJECTED_WINDOW =
            key("source.rejected-window").intType().defaultValue(1000);
    public static final ConfigOption<String> BOOTSTRAP =
            key("kafka.bootstrap").stringType().defaultValue("localhost:9092");
    public static final ConfigOption<String> IMAGES =
            key("kafka.topic.images").stringType().defaultValue("images");
    public static final ConfigOption<String> METRICS =
            key("kafka.topic.metrics").stringType().defaultValue("millrace-metrics");
    public static final ConfigOption<String> SNAPSHOTS =
            key("kafka.topic.snapshots").stringType().defaultValue("millrace-snapshots");
    public static final ConfigOption<String> DEAD_LETTERS =
            key("kafka.topic.dead-letters").stringType().defaultValue("millrace-dead-letters");
    public static final ConfigOption<String> TRANSACTION_PREFIX =
            key("kafka.transaction-prefix").stringType().defaultValue("millrace");
    public static final ConfigOption<Duration> TRANSACTION_TIMEOUT =
            key("kafka.transaction-timeout").durationType().defaultValue(Duration.ofMinutes(15));
    public static final ConfigOption<String> GROUP =
            key("kafka.group").stringType().defaultValue("millrace");

    private static final Pattern BOOTSTRAP_SERVERS =
            Pattern.compile(
                    "(\\[[0-9a-fA-F:]+]|[\\w.-]+):\\d{1,5}(\\s*,\\s*(\\[[0-9a-fA-F:]+]|[\\w.-]+):\\d{1,5})*");

    static final List<Setting<?>> ALL =
            List.of(
                    new Setting<>(
                            MODE,
                            "What is read: `live` follows the topic without end; `replay` passes"
                                    + " `source.epochs` times over what it holds at the start, and"
                                    + " ends.",
                            Domain.choice(Mode.class, Mode.REPLAY)),
                    new Setting<>(
                            START,
                            "Where a live reader begins when no checkpoint says: at the `earliest`"
                                    + " record, after the `latest`, or `history-then-live`: after"
                                    + " `source.epochs` passes over the history, which all settings"
                                    + " of a replay apply to, exactly where it ends.",
                            Domain.choice(Start.class, Start.EARLIEST)),
                    new Setting<>(
                            MAX_REJECTED_SHARE,
                            "How much of the last `source.rejected-window` records may become dead"
                                    + " letters before the job fails, without restarts; at 1 it"
                                    + " never does, and a flood of bad records only shows in the"
                                    + " metrics.",
                            Domain.number(0, 1, 0.5)),
                    new Setting<>(
                            REJECTED_WINDOW,
                            "Records of each augmenter that `source.max-rejected-share` looks at."
                                    + " Larger forgives longer floods.",
                            Domain.integer(1, 100_000_000, 1000)),
                    new Setting<>(
                            BOOTSTRAP,
                            "Kafka brokers to ask first.",
                            Domain.matching(
                                    BOOTSTRAP_SERVERS,
                                    "host:port, comma-separated",
                                    "localhost:9092")),
                    new Setting<>(
                            IMAGES,
                            "Topic of encoded images; never created by the job.",
                            Domain.topic("images")),
                    new Setting<>(
                            METRICS,
                            "Topic of step and probe reports, JSON.",
                            Domain.topic("millrace-metrics")),
                    new Setting<>(
                            SNAPSHOTS,
                            "Topic that announces published encoders, JSON.",
                            Domain.topic("millrace-snapshots")),
                    new Setting<>(
                            DEAD_LETTERS,
                            "Topic of records that could not be trained on, bytes unchanged, reason"
                                    + " in the headers. Its `max.message.bytes` must be that of the"
                                    + " images.",
                            Domain.topic("millrace-dead-letters")),
                    new Setting<>(
                            TRANSACTION_PREFIX,
                            "Begins every transactional id; a hash of the output directory's"
                                    + " path follows. Ids must differ between jobs on one cluster,"
                                    + " or they abort each other's output: set it where two runs"
                                    + " have the same path on different machines.",
                            Domain.topic("millrace")),
                    new Setting<>(
                            TRANSACTION_TIMEOUT,
                            "How long a job may stand still before the brokers give up the output"
                                    + " that it has not committed. Longer than"
                                    + " `checkpoint.interval`, Flink's checkpoint time-out and a"
                                    + " restart together; at most the brokers'"
                                    + " `transaction.max.timeout.ms`.",
                            Domain.duration(Duration.ofMinutes(1), Duration.ofMinutes(15))),
                    new Setting<>(
                            GROUP,
                            "Consumer group under which progress is shown to Kafka's own tools; the"
                                    + " checkpoint decides where reading goes on.",
                            Domain.topic("millrace")));

    private StreamOptions() {}
}
