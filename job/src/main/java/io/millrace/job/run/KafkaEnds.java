package io.millrace.job.run;

import io.millrace.connectors.files.JsonLinesSink;
import io.millrace.connectors.hybrid.HistoryThenLiveSource;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.TopicSinks;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.kafka.Transactions;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.connectors.snapshots.SnapshotSink;
import io.millrace.job.PretrainingJob;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.ScheduleOptions;
import io.millrace.job.settings.Settings;
import io.millrace.job.settings.StreamOptions;
import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.stream.Frame;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.Source;
import org.jspecify.annotations.Nullable;

/** The production ends of the job: topics for everything, files for metrics and encoders. */
public final class KafkaEnds {

    /** Room that a record needs beside its value, bytes. */
    private static final int OVERHEAD = 128 << 10;

    private final ResolvedSettings resolved;
    private final Settings settings;
    private final KafkaConnection connection;

    /**
     * Ends for a run.
     *
     * @param settings those in force, on the brokers to use
     * @param resolved how they came about, for the manifest
     */
    public KafkaEnds(Settings settings, ResolvedSettings resolved) {
        this.settings = settings;
        this.resolved = resolved;
        this.connection = KafkaConnection.to(settings.kafka().bootstrap());
    }

    /** How to reach the brokers. */
    public KafkaConnection connection() {
        return connection;
    }

    /** Creates the topics that the job writes to, where they are missing. */
    public void createOutputTopics(Topics topics) {
        topics.ensure(settings.kafka().metrics(), 1, Map.of());
        topics.ensure(settings.kafka().snapshots(), 1, Map.of());
        topics.ensure(settings.kafka().deadLetters(), 1, deadLetterTopic());
    }

    /** Sinks around the source, with their files below the output directory. */
    public PretrainingJob.Ends around(Source<Frame, ?, ?> frames, Path out) {
        Settings.Kafka kafka = settings.kafka();
        return new PretrainingJob.Ends(
                frames,
                List.of(
                        TopicSinks.lines(connection, kafka.metrics(), transactions(out, "metrics")),
                        new JsonLinesSink(out.resolve("metrics.jsonl"))),
                TopicSinks.deadLetters(
                        connection,
                        kafka.deadLetters(),
                        transactions(out, "dead-letters"),
                        settings.images().maxBytes()),
                new SnapshotSink(
                        new SnapshotSink.Destination(
                                out.toString(), settings.output().snapshotsKeep()),
                        description(range(frames)),
                        connection,
                        kafka.snapshots(),
                        transactions(out, "snapshots")));
    }

    private Map<String, String> deadLetterTopic() {
        int bytes = Math.addExact(settings.images().maxBytes(), OVERHEAD);
        return Map.of("max.message.bytes", Integer.toString(bytes));
    }

    /** Runs with other output directories must not share ids: they would fence each other off. */
    private Transactions transactions(Path out, String sink) {
        String path = out.toAbsolutePath().normalize().toString();
        String run = Integer.toHexString(path.hashCode());
        return new Transactions(
                settings.kafka().transactionPrefix() + "-" + run + "-" + sink,
                settings.kafka().transactionTimeout());
    }

    /** What was said, with what follows from the run in place of what was left open. */
    private Map<String, String> inForce() {
        Map<String, String> inForce = new TreeMap<>(resolved.asMap());
        long steps = settings.learning().schedule().steps();
        inForce.put(ScheduleOptions.STEPS.key(), Long.toString(steps));
        inForce.put(StreamOptions.BOOTSTRAP.key(), settings.kafka().bootstrap());
        return inForce;
    }

    private @Nullable String range(Source<Frame, ?, ?> frames) {
        if (frames instanceof ReplaySource replay) {
            return FrozenRange.text(replay.manifest(), settings);
        }
        return frames instanceof HistoryThenLiveSource history
                ? FrozenRange.text(history.manifest(), settings)
                : null;
    }

    private SnapshotDescription description(@Nullable String range) {
        var encoder = settings.learning().encoder();
        return new SnapshotDescription(
                encoder.architecture(),
                encoder.normalization(),
                settings.views().side(),
                range,
                settings.learning().initial(),
                inForce(),
                Versions.all());
    }
}
