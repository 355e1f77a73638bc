package io.millrace.connectors.live;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * The ends of ranges, and the beginning of partitions without one.
 *
 * @param ends by partition
 */
@SuppressWarnings("deprecation") // the connector's interface still asks for OffsetResetStrategy
record RangeEnds(Map<Integer, Long> ends) implements OffsetsInitializer {

    private static final long serialVersionUID = 1L;

    RangeEnds {
        ends = Map.copyOf(ends);
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Long end = ends.get(partition.partition());
            offsets.put(partition, end == null ? KafkaPartitionSplit.EARLIEST_OFFSET : end);
        }
        return offsets;
    }

    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.NONE;
    }
}
