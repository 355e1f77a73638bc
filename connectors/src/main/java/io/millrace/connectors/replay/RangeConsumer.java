package io.millrace.connectors.replay;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.kafka.UnreachableBrokerException;
import io.millrace.connectors.replay.ReplayManifest.Range;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Partitions that are read piecewise, one at a time, while the others fetch ahead.
 *
 * <p>Every partition once read keeps fetching into its own buffer; with something in the buffer it
 * pauses, which bounds the memory to two fetches of it. Offsets need not be dense: a partition has
 * passed an offset when a later record is there or the consumer's position says so.
 */
final class RangeConsumer implements AutoCloseable {

    private static final Duration CLOSE = Duration.ofSeconds(1);

    /** How long nothing may come before somebody asks whether the topic is still there. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    /** What is read is there already, so a fetch that finds nothing should make way soon. */
    private static final int FETCH_WAIT_MILLIS = 20;

    private static final int POLL_RECORDS = 1000;

    private static final Map<String, ?> FETCHING =
            Map.of(
                    ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                    FETCH_WAIT_MILLIS,
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                    "none",
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                    "read_committed",
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                    false,
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                    POLL_RECORDS,
                    ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                    32 << 20,
                    ConsumerConfig.RECEIVE_BUFFER_CONFIG,
                    1 << 20);

    /** In stream order all that is fetched is read, sooner or later. */
    private static final int SEQUENTIAL_FETCH_BYTES = 4 << 20;

    /** What is fetched behind a block is thrown away. */
    private static final int SHUFFLED_FETCH_BYTES = 1 << 20;

    /** What is known of a partition: records not yet taken, all from {@code next} on. */
    private static final class Partition {
        private final ArrayDeque<ConsumerRecord<byte[], byte[]>> buffer = new ArrayDeque<>();
        private long next = -1;
    }

    private final KafkaConnection connection;
    private final String topic;
    private final Map<Integer, Partition> partitions = new HashMap<>();
    private final Consumer<byte[], byte[]> consumer;
    private long heard = System.nanoTime();

    /** Connects to a topic that has been checked. */
    RangeConsumer(KafkaConnection connection, ReplayManifest manifest) {
        this.connection = connection;
        this.topic = manifest.topic();
        Properties properties = connection.clientProperties(FETCHING);
        properties.putAll(FETCHING);
        boolean shuffled = manifest.shuffle().kind() != Shuffle.Kind.NONE;
        properties.put(
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                shuffled ? SHUFFLED_FETCH_BYTES : SEQUENTIAL_FETCH_BYTES);
        if (shuffled) {
            // What lies behind a block is then neither parsed nor a reason to fetch further ahead.
            properties.put(
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                    Math.min(POLL_RECORDS, manifest.shuffle().block()));
        }
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> assigned = new ArrayList<>();
        for (Range range : manifest.ranges()) {
            partitions.put(range.partition(), new Partition());
            assigned.add(new TopicPartition(topic, range.partition()));
        }
        consumer.assign(assigned);
        consumer.pause(assigned);
        manifest.ranges()
                .forEach(r -> consumer.seek(new TopicPartition(topic, r.partition()), r.start()));
    }

    /**
     * Connects, after checking that the topic still holds what the epochs to come need.
     *
     * @throws LostOffsetsException if it does not
     */
    static RangeConsumer open(KafkaConnection connection, ReplaySplit split) {
        requireRange(connection, split);
        return new RangeConsumer(connection, split.manifest());
    }

    /**
     * Checks that the topic still holds what the epochs to come need.
     *
     * @throws LostOffsetsException if it does not
     */
    private static void requireRange(KafkaConnection connection, ReplaySplit split) {
        ReplayManifest manifest = split.manifest();
        try (Topics topics = new Topics(connection)) {
            Map<Integer, Long> starts = topics.startOffsets(manifest.topic());
            Map<Integer, Long> ends = topics.endOffsets(manifest.topic());
            boolean allWanted = wantsAll(split);
            for (Range range : manifest.ranges()) {
                long start = starts.getOrDefault(range.partition(), 0L);
                if (allWanted && range.length() > 0 && start > range.start()) {
                    throw new LostOffsetsException(
                            manifest.topic(), range.partition(), range.start(), start);
                }
                requireEnd(manifest.topic(), range, ends.getOrDefault(range.partition(), 0L));
            }
        }
    }

    /** Whether records from the beginning of the ranges are still to be read. */
    private static boolean wantsAll(ReplaySplit split) {
        var order = new ReplayOrder(split.manifest());
        long lastEpoch = order.windows() - order.windowsPerEpoch();
        boolean shuffled = split.manifest().shuffle().kind() != Shuffle.Kind.NONE;
        return split.window() < order.windows()
                && (shuffled
                        || split.window() < lastEpoch
                        || (split.window() == 0 && split.place() == 0));
    }

    private static void requireEnd(String topic, Range range, long end) {
        if (range.length() > 0 && range.end() > end) {
            throw new IllegalStateException(
                    topic
                            + "-"
                            + range.partition()
                            + ": the replay reads up to offset "
                            + range.end()
                            + " but the topic ends at "
                            + end
                            + "; it is not the topic that the range was taken from, or a"
                            + " transaction is still open");
        }
    }

    /** Whether the next offset to be read of a partition lies in [from, to). */
    boolean isWithin(int partition, long from, long to) {
        long next = known(partition).next;
        return next >= from && next < to;
    }

    /** Makes {@code offset} the next to be read of a partition; a jump drops what was fetched. */
    void moveTo(int partition, long offset) {
        Partition known = known(partition);
        if (known.next != offset) {
            known.buffer.clear();
            consumer.seek(new TopicPartition(topic, partition), offset);
            known.next = offset;
        }
    }

    /** The next record below {@code end} if it has been fetched. */
    @Nullable ConsumerRecord<byte[], byte[]> next(int partition, long end) {
        Partition known = known(partition);
        ConsumerRecord<byte[], byte[]> record = known.buffer.peek();
        if (record == null || record.offset() >= end) {
            return null;
        }
        known.next = record.offset() + 1;
        return known.buffer.poll();
    }

    /** Whether no record below {@code end} is left; the partition then stands at {@code end}. */
    boolean hasPassed(int partition, long end) {
        Partition known = known(partition);
        ConsumerRecord<byte[], byte[]> record = known.buffer.peek();
        long seen =
                record == null
                        ? consumer.position(new TopicPartition(topic, partition))
                        : record.offset();
        if (seen < end) {
            return false;
        }
        known.next = end;
        return true;
    }

    /** Waits for records of those partitions whose buffers are empty; whether some have come. */
    boolean poll(Set<Integer> wanted, Duration patience) {
        List<TopicPartition> hungry = new ArrayList<>();
        List<TopicPartition> full = new ArrayList<>();
        partitions.forEach(
                (partition, known) ->
                        (isHungry(known) && wanted.contains(partition) ? hungry : full)
                                .add(new TopicPartition(topic, partition)));
        consumer.pause(full);
        consumer.resume(hungry);
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(patience);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                known(record.partition()).buffer.add(record);
            }
            listen(!records.isEmpty(), patience);
            return !records.isEmpty();
        } catch (OffsetOutOfRangeException e) {
            throw lost(e);
        }
    }

    /** A consumer waits without end for a topic that has been deleted, and so must not we. */
    private void listen(boolean some, Duration patience) {
        long now = System.nanoTime();
        if (!some && !patience.isZero() && now - heard > SILENCE.toNanos()) {
            try (Topics topics = new Topics(connection)) {
                topics.partitions(topic);
            } catch (UnreachableBrokerException away) {
                // It may come back; the consumer logs that it is away, and tries again.
            }
            heard = System.nanoTime();
        } else if (some) {
            heard = now;
        }
    }

    private static boolean isHungry(Partition known) {
        return known.buffer.isEmpty() && known.next >= 0;
    }

    /** All partitions. */
    Set<Integer> partitions() {
        return partitions.keySet();
    }

    private RuntimeException lost(OffsetOutOfRangeException e) {
        var wanted = e.offsetOutOfRangePartitions().entrySet().iterator().next();
        int partition = wanted.getKey().partition();
        try (Topics topics = new Topics(connection)) {
            long earliest = topics.startOffsets(topic).getOrDefault(partition, -1L);
            var lost = new LostOffsetsException(topic, partition, wanted.getValue(), earliest);
            lost.initCause(e);
            return lost;
        }
    }

    private Partition known(int partition) {
        Partition known = partitions.get(partition);
        if (known == null) {
            throw new IllegalArgumentException(topic + "-" + partition + " is not being read");
        }
        return known;
    }

    /** Ends a wait in {@link #poll} from another thread. */
    void wakeUp() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(CLOSE));
    }
}
