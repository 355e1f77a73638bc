package io.millrace.connectors.replay;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record and its place in the order.
 *
 * @param window of the order
 * @param place in its window, slots without a record counted
 */
record ReplayRecord(ConsumerRecord<byte[], byte[]> record, long window, int place, int epoch) {}
