package io.millrace.connectors.replay;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record and its place in the order. */
record ReplayRecord(ConsumerRecord<byte[], byte[]> record, long leg, int epoch) {}
