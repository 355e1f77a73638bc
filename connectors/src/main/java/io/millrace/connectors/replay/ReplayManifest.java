package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/**
 * What a replay reads, frozen: it goes into the checkpoint with the reader's place, and what the
 * topic gains later does not change it.
 *
 * @param ranges a range per partition, in the order of the partitions
 * @param epochs E, passes over the ranges
 * @param shuffle the order of each
 */
public record ReplayManifest(String topic, List<Range> ranges, int epochs, Shuffle shuffle)
        implements Serializable {

    /**
     * Offsets [start, end) of one partition; not each of them need hold a record.
     *
     * @param end one past the last offset
     */
    public record Range(int partition, long start, long end) implements Serializable {

        public Range {
            if (partition < 0 || start < 0 || end < start) {
                throw new IllegalArgumentException(
                        "partition " + partition + ": offsets [" + start + ", " + end + ")");
            }
        }

        /** How many offsets, with or without a record. */
        public long length() {
            return end - start;
        }
    }

    public ReplayManifest {
        requireNonNull(topic, "topic");
        ranges = ranges.stream().sorted(Comparator.comparingInt(Range::partition)).toList();
        Set<Integer> partitions = new HashSet<>();
        for (Range range : ranges) {
            if (!partitions.add(range.partition())) {
                throw new IllegalArgumentException(
                        topic + "-" + range.partition() + " has more than one range");
            }
        }
        requireNonNull(shuffle, "shuffle");
        if (epochs < 1) {
            throw new IllegalArgumentException(
                    topic + ": expected one epoch or more, got " + epochs);
        }
    }

    /**
     * What the topic holds now between the bounds, committed records only.
     *
     * @throws IllegalArgumentException if a bound names what the topic does not have
     */
    public static ReplayManifest freeze(
            Topics topics, String topic, Bounds bounds, int epochs, Shuffle shuffle) {
        Map<Integer, Long> starts = topics.startOffsets(topic);
        NavigableMap<Integer, Long> ends = topics.endOffsets(topic);
        Map<Integer, Long> from = bounds.from().resolve(topics, topic, starts, ends);
        Map<Integer, Long> to = bounds.to().resolve(topics, topic, starts, ends);
        List<Range> ranges =
                ends.entrySet().stream()
                        .map(e -> range(e.getKey(), e.getValue(), from, to))
                        .toList();
        return new ReplayManifest(topic, ranges, epochs, shuffle);
    }

    private static Range range(
            int partition, long end, Map<Integer, Long> from, Map<Integer, Long> to) {
        long last = to.getOrDefault(partition, end);
        return new Range(partition, Math.min(from.getOrDefault(partition, last), last), last);
    }

    /**
     * The same with windows that are expected to hold at most so many bytes, by the mean size of a
     * few of the records. The answer is part of what is frozen: how large records are is not asked
     * again.
     *
     * @throws LostOffsetsException if the topic no longer holds the ranges
     */
    public ReplayManifest within(long windowBytes, KafkaConnection connection) {
        long recordBytes = RecordSizes.mean(connection, this);
        return new ReplayManifest(topic, ranges, epochs, shuffle.within(windowBytes, recordBytes));
    }

    /** All that the topic holds now, once and in stream order. */
    public static ReplayManifest freeze(Topics topics, String topic) {
        return freeze(topics, topic, Bounds.all(), 1, Shuffle.none());
    }

    /** How many windows the order of all epochs has. */
    public long windows() {
        return new ReplayOrder(this).windows();
    }

    /** Offsets of one epoch, an upper bound of its records. */
    public long offsets() {
        return ranges.stream().mapToLong(Range::length).sum();
    }
}
