package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.kafka.ImageRecords;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.UnreachableBrokerException;
import io.millrace.connectors.replay.ReplayManifest.Range;
import io.millrace.model.stream.Frame;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads a manifest's ranges once, outside a job: committed records, partition after partition, in
 * the order of their offsets.
 */
public final class ReplayCursor implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final KafkaConnection connection;
    private final List<Range> ranges;
    private final RangeConsumer consumer;
    private int current;
    private long offset;
    private long passed;

    private ReplayCursor(KafkaConnection connection, ReplayManifest manifest) {
        this.connection = requireNonNull(connection, "connection");
        ranges = manifest.ranges();
        consumer = RangeConsumer.open(connection, new ReplaySplit(manifest, 0, 0));
        begin();
    }

    /**
     * Starts before the first record.
     *
     * @throws LostOffsetsException if the topic no longer holds the ranges
     */
    public static ReplayCursor open(KafkaConnection connection, ReplayManifest manifest) {
        return new ReplayCursor(connection, manifest);
    }

    /** The next record, or null after the last. */
    public @Nullable Frame next() {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (current < ranges.size()) {
            Range range = ranges.get(current);
            consumer.moveTo(range.partition(), offset);
            ConsumerRecord<byte[], byte[]> record = consumer.next(range.partition(), range.end());
            if (record != null) {
                offset = record.offset() + 1;
                return ImageRecords.frame(record, 0);
            }
            if (consumer.hasPassed(range.partition(), range.end())) {
                passed += range.length();
                current++;
                begin();
            } else if (System.nanoTime() > patience) {
                throw new UnreachableBrokerException(connection.bootstrapServers(), PATIENCE, null);
            } else {
                consumer.poll(consumer.partitions(), POLL);
            }
        }
        return null;
    }

    /** Offsets behind the cursor. */
    public long passed() {
        return current < ranges.size() ? passed + offset - ranges.get(current).start() : passed;
    }

    private void begin() {
        offset = current < ranges.size() ? ranges.get(current).start() : 0;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
