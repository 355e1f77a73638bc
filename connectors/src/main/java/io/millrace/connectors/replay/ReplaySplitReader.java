package io.millrace.connectors.replay;

import io.millrace.connectors.kafka.KafkaConnection;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** Walks the windows of a split in the fetching thread. */
final class ReplaySplitReader implements SplitReader<ReplayRecord, ReplaySplit> {

    /** Records handed over at a time; a whole window may hold fewer. */
    private static final int MAX_BATCH = 1024;

    /** A split being read. */
    private static final class Walk {
        private final ReplayOrder order;
        private final boolean ahead;
        private long index;
        private @Nullable WindowFetch window;

        Walk(ReplaySplit split) {
            order = new ReplayOrder(split.manifest());
            // In stream order the next of each partition follows what has been read of it.
            ahead = split.manifest().shuffle().kind() == Shuffle.Kind.NONE;
            index = split.window();
            window = isAtEnd() ? null : new WindowFetch(order.window(index), split.place());
        }

        boolean isAtEnd() {
            return index >= order.windows();
        }

        WindowFetch window() {
            WindowFetch current = window;
            if (current == null) {
                current = new WindowFetch(order.window(index), 0);
                window = current;
            }
            return current;
        }

        void finishWindow() {
            window = null;
            index++;
        }

        Set<Integer> wanted(RangeConsumer records) {
            return ahead ? records.partitions() : window().wanted();
        }
    }

    private final KafkaConnection connection;
    private final Deque<ReplaySplit> splits = new ArrayDeque<>();

    private @Nullable Walk walk;

    /** Written by the fetching thread, woken by others. */
    private volatile @Nullable RangeConsumer consumer;

    ReplaySplitReader(KafkaConnection connection) {
        this.connection = connection;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<ReplaySplit> change) {
        if (!(change instanceof SplitsAddition)) {
            throw new UnsupportedOperationException("expected splits to be added, got " + change);
        }
        splits.addAll(change.splits());
    }

    @Override
    public RecordsWithSplitIds<ReplayRecord> fetch() throws IOException {
        var batch = new RecordsBySplits.Builder<ReplayRecord>();
        Walk current = walk;
        RangeConsumer records = consumer;
        if (current == null || records == null) {
            ReplaySplit next = splits.poll();
            if (next == null) {
                return batch.build();
            }
            current = new Walk(next);
            walk = current;
            records = RangeConsumer.open(connection, next);
            consumer = records;
        }
        try {
            if (collect(current, records, batch)) {
                batch.addFinishedSplit(ReplaySplit.ID);
                close();
            }
        } catch (WakeupException woken) {
            return batch.build(); // what was taken before, perhaps nothing
        }
        return batch.build();
    }

    /** Waits for a window and hands over what fits; true at the end of the split. */
    private static boolean collect(
            Walk walk, RangeConsumer records, RecordsBySplits.Builder<ReplayRecord> batch) {
        int taken = 0;
        while (!walk.isAtEnd()) {
            WindowFetch window = walk.window();
            while (!window.advance(records)) {
                if (taken > 0) {
                    return false;
                }
                records.poll(walk.wanted(records));
            }
            ReplayRecord record = null;
            while (taken < MAX_BATCH && (record = window.next(walk.index)) != null) {
                batch.add(ReplaySplit.ID, record);
                taken++;
            }
            if (record != null || taken == MAX_BATCH) {
                return false;
            }
            walk.finishWindow();
        }
        return true;
    }

    @Override
    public void wakeUp() {
        RangeConsumer open = consumer;
        if (open != null) {
            open.wakeUp();
        }
    }

    @Override
    public void close() {
        RangeConsumer open = consumer;
        if (open != null) {
            open.close();
        }
        consumer = null;
        walk = null;
    }
}
