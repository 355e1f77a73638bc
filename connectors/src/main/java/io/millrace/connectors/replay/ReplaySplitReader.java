package io.millrace.connectors.replay;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.replay.ReplayOrder.Leg;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** Walks the legs of a split in the fetching thread. */
final class ReplaySplitReader implements SplitReader<ReplayRecord, ReplaySplit> {

    /** Records handed over at a time; a whole block may hold fewer. */
    private static final int MAX_BATCH = 1024;

    /** A split being read. */
    private static final class Walk {
        private final ReplayOrder order;
        private long leg;
        private long offset;

        Walk(ReplaySplit split) {
            order = new ReplayOrder(split.manifest());
            leg = split.leg();
            offset = split.offset();
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

    /** Waits for at least one record and takes what there is; true at the end of the split. */
    private static boolean collect(
            Walk walk, RangeConsumer records, RecordsBySplits.Builder<ReplayRecord> batch) {
        int taken = 0;
        while (walk.leg < walk.order.legs()) {
            Leg leg = walk.order.leg(walk.leg);
            walk.offset = Math.max(walk.offset, leg.from());
            records.moveTo(leg.partition(), walk.offset);
            ConsumerRecord<byte[], byte[]> record;
            while (taken < MAX_BATCH
                    && (record = records.next(leg.partition(), leg.to())) != null) {
                batch.add(ReplaySplit.ID, new ReplayRecord(record, walk.leg, leg.epoch()));
                walk.offset = record.offset() + 1;
                taken++;
            }
            if (records.hasPassed(leg.partition(), leg.to())) {
                walk.leg++;
                walk.offset = 0;
            } else if (taken > 0) {
                return false;
            } else {
                records.poll();
            }
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
