package io.millrace.job.probe;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.ReplayCursor;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplayManifest.Range;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.model.stream.Frame;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of a topic, whose records' headers carry the labels. What the range holds is fixed when
 * the set is made.
 */
record TopicSet(String source, KafkaConnection connection, ReplayManifest manifest)
        implements ImageSet {

    static final String PREFIX = "kafka:";

    private static final Pattern FORM =
            Pattern.compile(PREFIX + "([a-zA-Z0-9._-]+)(?:@(\\d{1,18})-(\\d{1,18}))?");

    /**
     * The set that a source names.
     *
     * @param source {@code kafka:TOPIC}, or {@code kafka:TOPIC@START-END} for the offsets [START,
     *     END) of each partition
     * @throws CommandFailure if it is not of that form, or the topic ends before the range does
     */
    static TopicSet of(String source, @Nullable String bootstrap) {
        Matcher form = FORM.matcher(source);
        if (!form.matches()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    source + ": expected kafka:TOPIC or kafka:TOPIC@START-END, two offsets");
        }
        if (bootstrap == null) {
            throw new CommandFailure(
                    ExitCode.USAGE, source + ": say with --bootstrap HOST:PORT where the topic is");
        }
        KafkaConnection connection = KafkaConnection.to(bootstrap);
        try (Topics topics = new Topics(connection)) {
            ReplayManifest all = ReplayManifest.freeze(topics, form.group(1));
            return new TopicSet(
                    source, connection, form.group(2) == null ? all : part(source, all, form));
        }
    }

    private static ReplayManifest part(String source, ReplayManifest all, Matcher form) {
        long start = Long.parseLong(form.group(2));
        long end = Long.parseLong(form.group(3));
        for (Range range : all.ranges()) {
            if (start >= end || end > range.end()) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "%s: expected a range of one offset or more that ends at %d at most, where %s-%d ends"
                                .formatted(source, range.end(), all.topic(), range.partition()));
            }
        }
        List<Range> ranges =
                all.ranges().stream().map(r -> new Range(r.partition(), start, end)).toList();
        return new ReplayManifest(all.topic(), ranges, 1, Shuffle.none());
    }

    @Override
    public List<String> sources() {
        return List.of(source);
    }

    @Override
    public Reader open() {
        ReplayCursor cursor = ReplayCursor.open(connection, manifest);
        double offsets = Math.max(1, manifest.offsets());
        return new Reader() {
            @Override
            public @Nullable Entry next() {
                Frame frame = cursor.next();
                return frame == null ? null : new Entry(frame.label(), frame.bytes());
            }

            @Override
            public double fraction() {
                return cursor.passed() / offsets;
            }

            @Override
            public void close() {
                cursor.close();
            }
        };
    }
}
