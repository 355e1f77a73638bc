package io.millrace.connectors.live;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.model.stream.Frame;
import java.util.HashSet;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The image topic as it arrives, by Flink's Kafka source. Offsets that the broker no longer has
 * fail the job and are never skipped; consumed offsets are committed with checkpoints, for others
 * to watch the lag.
 */
public final class LiveSource
        implements Source<Frame, KafkaPartitionSplit, KafkaSourceEnumState>,
                ResultTypeQueryable<Frame> {

    private static final long serialVersionUID = 1L;

    /** How soon partitions that are added are found, and that the topic has gone. */
    private static final long DISCOVERY_MILLIS = 30_000;

    private final KafkaSource<Frame> kafka;

    private LiveSource(KafkaSource<Frame> kafka) {
        this.kafka = kafka;
    }

    /**
     * Reads without end; partitions added later are found and read from their beginning.
     *
     * @param group the consumer group whose offsets show the lag; null for none
     */
    public static LiveSource unbounded(
            KafkaConnection connection, String topic, @Nullable String group, StartAt start) {
        return new LiveSource(builder(connection, group, start).setTopics(topic).build());
    }

    /**
     * Reads the partitions named, each up to its stop offset, and finishes.
     *
     * @param group the consumer group whose offsets show the lag; null for none
     * @param stopOffsets one past the last offset to read, by partition
     */
    public static LiveSource bounded(
            KafkaConnection connection,
            String topic,
            @Nullable String group,
            StartAt start,
            Map<Integer, Long> stopOffsets) {
        requireStops(topic, stopOffsets);
        Map<TopicPartition, Long> stops =
                stopOffsets.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        stop -> new TopicPartition(topic, stop.getKey()),
                                        Map.Entry::getValue));
        return new LiveSource(
                builder(connection, group, start)
                        .setPartitions(new HashSet<>(stops.keySet()))
                        .setBounded(OffsetsInitializer.offsets(stops))
                        .build());
    }

    /**
     * Checks where a bounded feed ends.
     *
     * @throws IllegalArgumentException if it ends nowhere
     */
    public static void requireStops(String topic, Map<Integer, Long> stopOffsets) {
        if (requireNonNull(stopOffsets, "stopOffsets").isEmpty()) {
            throw new IllegalArgumentException(
                    "expected a stop offset for at least one partition of " + topic + ", got none");
        }
    }

    private static KafkaSourceBuilder<Frame> builder(
            KafkaConnection connection, @Nullable String group, StartAt start) {
        KafkaSourceBuilder<Frame> builder = KafkaSource.builder();
        if (group != null) {
            builder.setGroupId(group);
        }
        return builder.setProperties(
                        connection.clientProperties(
                                Map.of(
                                        KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
                                        DISCOVERY_MILLIS,
                                        KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key(),
                                        group != null,
                                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                        "read_committed")))
                .setStartingOffsets(start.offsets())
                .setDeserializer(new FrameDeserializer());
    }

    @Override
    public Boundedness getBoundedness() {
        return kafka.getBoundedness();
    }

    @Override
    public SourceReader<Frame, KafkaPartitionSplit> createReader(SourceReaderContext context)
            throws Exception {
        return kafka.createReader(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return kafka.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
            throws Exception {
        var restored = kafka.restoreEnumerator(context, state);
        boolean nothingToDiscover =
                getBoundedness() == Boundedness.BOUNDED && state.initialDiscoveryFinished();
        return nothingToDiscover ? new ResumedEnumerator(restored, context) : restored;
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return kafka.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return kafka.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<Frame> getProducedType() {
        return kafka.getProducedType();
    }
}
