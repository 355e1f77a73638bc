package io.millrace.connectors.live;

import io.millrace.connectors.replay.ReplayManifest;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;

/** Where a live source begins when there is no checkpoint to go on from. */
public final class StartAt implements Serializable {

    private static final long serialVersionUID = 1L;

    private final OffsetsInitializer offsets;

    private StartAt(OffsetsInitializer offsets) {
        this.offsets = new PinnedOffsets(offsets);
    }

    /** At the oldest record that each partition holds. */
    public static StartAt earliest() {
        return new StartAt(OffsetsInitializer.earliest());
    }

    /** After the newest record at the job's start. */
    public static StartAt latest() {
        return new StartAt(OffsetsInitializer.latest());
    }

    /**
     * At each partition's first record that is not older.
     *
     * @param millis since 1970
     */
    public static StartAt timestamp(long millis) {
        return new StartAt(OffsetsInitializer.timestamp(millis));
    }

    /** Where a replay's ranges end; at the oldest record of partitions that it has no range of. */
    public static StartAt endOf(ReplayManifest replay) {
        Map<Integer, Long> ends = new HashMap<>();
        replay.ranges().forEach(range -> ends.put(range.partition(), range.end()));
        return new StartAt(new RangeEnds(ends));
    }

    OffsetsInitializer offsets() {
        return offsets;
    }
}
