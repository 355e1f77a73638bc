package io.millrace.connectors.hybrid;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.replay.EnumeratorState;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.jspecify.annotations.Nullable;

/**
 * What no reader knows.
 *
 * @param live null until the history has been read
 */
public record HybridState(EnumeratorState history, @Nullable KafkaSourceEnumState live) {

    public HybridState {
        requireNonNull(history, "history");
    }
}
