package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

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
 * @param block offsets that a partition gives before the next one has its turn
 */
public record ReplayManifest(String topic, List<Range> ranges, int epochs, long block)
        implements Serializable {

    /** A training batch's worth. */
    public static final long DEFAULT_BLOCK = 256;

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
        if (epochs < 1 || block < 1) {
            throw new IllegalArgumentException(
                    topic + ": epochs and block must be positive, got " + epochs + ", " + block);
        }
    }

    /** All that the topic holds now, committed records only. */
    public static ReplayManifest freeze(Topics topics, String topic, int epochs) {
        Map<Integer, Long> starts = topics.startOffsets(topic);
        NavigableMap<Integer, Long> ends = topics.endOffsets(topic);
        List<Range> ranges =
                ends.entrySet().stream()
                        .map(end -> range(end.getKey(), starts, end.getValue()))
                        .toList();
        return new ReplayManifest(topic, ranges, epochs, DEFAULT_BLOCK);
    }

    private static Range range(int partition, Map<Integer, Long> starts, long end) {
        return new Range(partition, Math.min(starts.getOrDefault(partition, end), end), end);
    }

    /** Offsets of one epoch, an upper bound of its records. */
    public long offsets() {
        return ranges.stream().mapToLong(Range::length).sum();
    }
}
