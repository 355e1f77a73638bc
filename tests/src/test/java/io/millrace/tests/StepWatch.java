package io.millrace.tests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The steps of a run as they are taken, ahead of the commits: some will be taken again. */
final class StepWatch implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final KafkaConsumer<byte[], byte[]> consumer;

    /** Watches from now on; the topic must exist. */
    StepWatch(String bootstrap, String topic) {
        var bytes = new ByteArrayDeserializer();
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                                100,
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false),
                        bytes,
                        bytes);
        var partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToEnd(List.of(partition));
        consumer.position(partition);
    }

    /** Waits for this step or a later one. */
    void awaitStep(long step) throws IOException {
        await("step " + step, report -> report.path("step").asLong() >= step);
    }

    /** Waits for a step that was taken after this time, milliseconds since 1970. */
    void awaitStepAfter(long millis) throws IOException {
        await("a step after " + millis, report -> report.path("timestamp").asLong() > millis);
    }

    private void await(String what, Predicate<JsonNode> wanted) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode last = null;
        while (System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> line : consumer.poll(POLL)) {
                JsonNode report = Outputs.json(TopicContents.value(line));
                if (report.path("kind").asText().equals("step")) {
                    last = report;
                    if (wanted.test(report)) {
                        return;
                    }
                }
            }
        }
        throw new AssertionError("expected " + what + ", but the last was " + last);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
