package io.millrace.connectors.replay;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record and its place in the order.
 *
 * @param record null for the end of the window
 * @param place in its window, slots without a record counted
 */
record ReplayRecord(
        @Nullable ConsumerRecord<byte[], byte[]> record, long window, int place, int epoch) {}
