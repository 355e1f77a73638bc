package io.millrace.connectors.replay;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.UnreachableBrokerException;
import io.millrace.connectors.replay.ReplayManifest.Range;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** How large the records of a range are, from a few that lie evenly spread over it. */
final class RecordSizes {

    private static final int SAMPLES = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofSeconds(1);

    private RecordSizes() {}

    /**
     * The mean size of key and value, bytes, rounded up; 0 if the range holds no record.
     *
     * @throws LostOffsetsException if the topic no longer holds the range
     */
    static long mean(KafkaConnection connection, ReplayManifest manifest) {
        long offsets = manifest.offsets();
        long samples = Math.min(SAMPLES, offsets);
        if (samples == 0) {
            return 0;
        }
        long bytes = 0;
        long found = 0;
        try (var consumer = RangeConsumer.open(connection, new ReplaySplit(manifest, 0, 0))) {
            for (long sample = 0; sample < samples; sample++) {
                long place = (long) ((sample + 0.5) / samples * offsets);
                var record = firstFrom(place, connection, manifest, consumer);
                if (record != null) {
                    bytes += Math.max(0, record.serializedKeySize());
                    bytes += Math.max(0, record.serializedValueSize());
                    found++;
                }
            }
        }
        return found == 0 ? 0 : (bytes + found - 1) / found;
    }

    /** The first record at a place of the ranges or after it in the same partition, if any. */
    private static @Nullable ConsumerRecord<byte[], byte[]> firstFrom(
            long place,
            KafkaConnection connection,
            ReplayManifest manifest,
            RangeConsumer consumer) {
        long skip = place;
        for (Range range : manifest.ranges()) {
            if (skip < range.length()) {
                return read(range, range.start() + skip, connection, consumer);
            }
            skip -= range.length();
        }
        throw new IndexOutOfBoundsException("place " + place + " of " + manifest.offsets());
    }

    private static @Nullable ConsumerRecord<byte[], byte[]> read(
            Range range, long offset, KafkaConnection connection, RangeConsumer consumer) {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        int partition = range.partition();
        consumer.moveTo(partition, offset);
        while (true) {
            ConsumerRecord<byte[], byte[]> record = consumer.next(partition, range.end());
            if (record != null || consumer.hasPassed(partition, range.end())) {
                return record;
            }
            if (System.nanoTime() > patience) {
                throw new UnreachableBrokerException(connection.bootstrapServers(), PATIENCE, null);
            }
            consumer.poll(Set.of(partition), POLL);
        }
    }
}
