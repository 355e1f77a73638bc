package io.millrace.connectors.replay;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.replay.ReplayOrder.Window;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one window after the other in the fetching thread and hands each over in its turn, while
 * requests for the next one are under way.
 */
final class ReplaySplitReader implements SplitReader<ReplayRecord, ReplaySplit> {

    /** Records handed over at a time; a whole window may hold fewer. */
    private static final int MAX_BATCH = 1024;

    private static final Duration POLL = Duration.ofSeconds(1);

    private static final long NONE = -1;

    /** A window being read. */
    private record Reading(ReplaySplit split, WindowFetch window, boolean ahead) {

        static Reading of(ReplaySplit split, int turn) {
            ReplayManifest manifest = split.manifest();
            Window window = new ReplayOrder(manifest).window(split.window());
            // In stream order the next of each partition follows what has been read of it.
            boolean ahead = manifest.shuffle().kind() == Shuffle.Kind.NONE;
            var fetch = new WindowFetch(window, split, FetchLanes.count(manifest), turn);
            return new Reading(split, fetch, ahead);
        }

        List<Set<Integer>> wanted(FetchLanes records) {
            return ahead ? List.of(records.lane(0).partitions()) : window.wanted();
        }
    }

    private final KafkaConnection connection;
    private final Turns turns;

    /** By window: they are emitted in their order. */
    private final TreeMap<Long, ReplaySplit> splits = new TreeMap<>();

    private @Nullable Reading reading;

    /** The one after that; the two together are what a reader holds in memory. */
    private @Nullable Reading upcoming;

    /** In which the next window begins. */
    private int lane;

    private long handedOver = NONE;

    /** Written by the fetching thread, woken by others. */
    private volatile @Nullable FetchLanes lanes;

    ReplaySplitReader(KafkaConnection connection, Turns turns) {
        this.connection = connection;
        this.turns = turns;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<ReplaySplit> change) {
        if (!(change instanceof SplitsAddition)) {
            throw new UnsupportedOperationException("expected splits to be added, got " + change);
        }
        change.splits().forEach(split -> splits.put(split.window(), split));
    }

    @Override
    public RecordsWithSplitIds<ReplayRecord> fetch() throws IOException {
        var batch = new RecordsBySplits.Builder<ReplayRecord>();
        Reading current = reading == null ? take() : reading;
        reading = current;
        if (current == null) {
            return batch.build();
        }
        try {
            FetchLanes records = records(current.split());
            collect(current, records, batch);
            fetchAhead(records);
        } catch (WakeupException woken) {
            return batch.build(); // what it holds is complete
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the turn of a window", e);
        }
        return batch.build();
    }

    /** The next window, if one has been dealt. */
    private @Nullable Reading take() {
        Reading next = upcoming;
        upcoming = null;
        if (next == null) {
            var first = splits.pollFirstEntry();
            if (first != null) {
                next = Reading.of(first.getValue(), lane);
                lane = (lane + 1) % FetchLanes.MOST;
            }
        }
        return next;
    }

    /** Takes what has come of the next window and asks for more of it, without waiting. */
    private void fetchAhead(FetchLanes records) {
        Reading next = take();
        upcoming = next;
        if (next == null) {
            return;
        }
        boolean some = true;
        while (some && !next.window().advance(records)) {
            some = records.poll(next.wanted(records), Duration.ZERO);
        }
    }

    private FetchLanes records(ReplaySplit split) {
        FetchLanes open = lanes;
        if (open == null) {
            open = FetchLanes.open(connection, split);
            lanes = open;
        }
        return open;
    }

    /** Waits for the window and for its turn, and hands over what fits. */
    private void collect(
            Reading current, FetchLanes records, RecordsBySplits.Builder<ReplayRecord> batch)
            throws InterruptedException {
        while (!current.window().advance(records)) {
            records.poll(current.wanted(records), POLL);
        }
        long index = current.split().window();
        // What this reader hands over itself comes one after the other in any case.
        if (handedOver != index - 1 && handedOver != index && !turns.await(index)) {
            return;
        }
        handedOver = index;
        for (int taken = 0; taken < MAX_BATCH; taken++) {
            ReplayRecord record = current.window().next();
            if (record == null) {
                batch.addFinishedSplit(current.split().splitId());
                reading = null;
                return;
            }
            batch.add(current.split().splitId(), record);
        }
    }

    @Override
    public void wakeUp() {
        turns.wakeUp();
        FetchLanes open = lanes;
        if (open != null) {
            open.wakeUp();
        }
    }

    @Override
    public void close() {
        FetchLanes open = lanes;
        if (open != null) {
            open.close();
        }
        lanes = null;
        reading = null;
        upcoming = null;
    }
}
