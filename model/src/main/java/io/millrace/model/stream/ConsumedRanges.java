package io.millrace.model.stream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which records a learner has consumed: of each partition and epoch the first and the last offset,
 * and how many.
 */
public final class ConsumedRanges {

    private static final Comparator<OffsetRange> ORDER =
            Comparator.comparing(OffsetRange::topic)
                    .thenComparingInt(OffsetRange::epoch)
                    .thenComparingInt(OffsetRange::partition);

    private record Part(String topic, int partition, int epoch) {}

    private final Map<Part, OffsetRange> parts = new HashMap<>();

    /** Starts from ranges consumed before. */
    public ConsumedRanges(List<OffsetRange> ranges) {
        for (OffsetRange range : ranges) {
            parts.put(new Part(range.topic(), range.partition(), range.epoch()), range);
        }
    }

    /** What these pairs make. */
    public static ConsumedRanges of(List<ViewPair> pairs) {
        var ranges = new ConsumedRanges(List.of());
        pairs.forEach(ranges::add);
        return ranges;
    }

    /** Counts a pair's record in; a tombstone's as one that was set aside. */
    public void add(ViewPair pair) {
        Position position = pair.position();
        long offset = position.offset();
        var part = new Part(position.topic(), position.partition(), position.epoch());
        OffsetRange nothing =
                new OffsetRange(part.topic(), part.partition(), part.epoch(), offset, offset, 0, 0);
        parts.put(part, parts.getOrDefault(part, nothing).with(offset, !pair.isTombstone()));
    }

    /** The ranges by topic, epoch and partition. */
    public List<OffsetRange> ranges() {
        var ranges = new ArrayList<>(parts.values());
        ranges.sort(ORDER);
        return ranges;
    }

    /** The ranges of the newest epoch alone, by topic and partition. */
    public List<OffsetRange> newestEpoch() {
        int epoch = parts.keySet().stream().mapToInt(Part::epoch).max().orElse(0);
        return parts.values().stream().filter(r -> r.epoch() == epoch).sorted(ORDER).toList();
    }
}
