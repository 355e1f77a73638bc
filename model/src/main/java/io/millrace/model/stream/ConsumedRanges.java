package io.millrace.model.stream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which records a learner has consumed: the first and last offset of each partition and epoch. */
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

    /** Counts a record in. */
    public void add(Position position) {
        var part = new Part(position.topic(), position.partition(), position.epoch());
        long offset = position.offset();
        OffsetRange range = parts.get(part);
        long start = range == null ? offset : Math.min(range.start(), offset);
        long end = range == null ? offset + 1 : Math.max(range.end(), offset + 1);
        parts.put(part, new OffsetRange(part.topic(), part.partition(), part.epoch(), start, end));
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
