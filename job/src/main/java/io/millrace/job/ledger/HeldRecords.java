package io.millrace.job.ledger;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.replay.ReplayCursor;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplayManifest.Range;
import io.millrace.model.stream.Frame;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** At which offsets of some ranges a topic holds a record. */
final class HeldRecords {

    private final Map<Integer, Long> starts = new HashMap<>();
    private final Map<Integer, BitSet> held = new HashMap<>();

    private HeldRecords(ReplayManifest ranges) {
        for (Range range : ranges.ranges()) {
            starts.put(range.partition(), range.start());
            held.put(range.partition(), new BitSet());
        }
    }

    /**
     * Reads the ranges once.
     *
     * @throws io.millrace.connectors.replay.LostOffsetsException if the topic no longer holds them
     */
    static HeldRecords read(KafkaConnection connection, ReplayManifest ranges) {
        var records = new HeldRecords(ranges);
        try (var cursor = ReplayCursor.open(connection, ranges)) {
            Frame frame;
            while ((frame = cursor.next()) != null) {
                int partition = frame.position().partition();
                records.bits(partition).set(records.bit(partition, frame.position().offset()));
            }
        }
        return records;
    }

    boolean has(int partition, long offset) {
        return bits(partition).get(bit(partition, offset));
    }

    /** Records among the offsets [start, end). */
    long within(int partition, long start, long end) {
        return end == start
                ? 0
                : bits(partition).get(bit(partition, start), bit(partition, end)).cardinality();
    }

    private BitSet bits(int partition) {
        return held.getOrDefault(partition, new BitSet());
    }

    private int bit(int partition, long offset) {
        return Math.toIntExact(offset - starts.getOrDefault(partition, 0L));
    }
}
