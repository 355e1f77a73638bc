package io.millrace.job.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.job.settings.Settings;
import io.millrace.model.stream.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Follows a run through its metrics topic, ahead of the commits that come only with checkpoints: a
 * line may be seen twice or be taken back, which a live display can bear.
 */
final class ProgressWatch implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> metrics;
    private final List<TopicPartition> images;
    private final Map<String, JsonNode> probes = new HashMap<>();
    private final OptionalLong records;
    private final Map<TopicPartition, Long> followedFrom;
    private final boolean follows;
    private Optional<JsonNode> step = Optional.empty();

    /**
     * @param replay what is replayed; empty for a run that is only live
     * @param follows whether the live feed is read, after the replay if there is one
     */
    ProgressWatch(Settings.Kafka kafka, Optional<ReplayManifest> replay, boolean follows) {
        records = replay.stream().mapToLong(r -> r.offsets() * r.epochs()).findAny();
        followedFrom = new HashMap<>();
        replay.ifPresent(
                range ->
                        range.ranges()
                                .forEach(
                                        r ->
                                                followedFrom.put(
                                                        new TopicPartition(
                                                                range.topic(), r.partition()),
                                                        r.end())));
        this.follows = follows;
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                kafka.bootstrap(),
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_uncommitted",
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        metrics = partitions(kafka.metrics());
        images = partitions(kafka.images());
        consumer.assign(metrics);
        consumer.seekToEnd(metrics);
        metrics.forEach(consumer::position);
    }

    /** Takes in what has been reported since the last call. */
    void poll() {
        for (ConsumerRecord<byte[], byte[]> line : consumer.poll(Duration.ZERO)) {
            try {
                JsonNode report = JSON.readTree(line.value());
                if (!report.path("learner").asText().equals(Frame.DEFAULT_LEARNER)) {
                    continue;
                }
                if (report.path("kind").asText().equals("step")) {
                    step = Optional.of(report);
                } else if (report.path("kind").asText().equals("probe")) {
                    probes.put(report.path("encoder").asText(), report);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The last report of a step. */
    Optional<JsonNode> step() {
        return step;
    }

    /**
     * The last that a probe reported.
     *
     * @param encoder {@code trained} or {@code untrained}
     * @param field {@code accuracy} or {@code knn_accuracy}
     */
    OptionalDouble probe(String encoder, String field) {
        JsonNode report = probes.get(encoder);
        return report == null || !report.path(field).isNumber()
                ? OptionalDouble.empty()
                : OptionalDouble.of(report.path(field).asDouble());
    }

    /** Records trained on or set aside, as far as reported. */
    long recordsTrained() {
        return step.map(s -> s.path("images").asLong() + s.path("rejected").asLong()).orElse(0L);
    }

    /** Records still to be trained on: of a replay, and those that the image topic holds now. */
    long lag() {
        long replayed = Math.max(0, records.orElse(0) - recordsTrained());
        return follows ? replayed + behind() : replayed;
    }

    private long behind() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(images);
        JsonNode consumed =
                step.map(report -> report.path("offsets")).orElse(JSON.createObjectNode());
        return ends.entrySet().stream()
                .mapToLong(
                        end ->
                                end.getValue()
                                        - Math.max(
                                                consumed.path(end.getKey().toString()).asLong(),
                                                followedFrom.getOrDefault(end.getKey(), 0L)))
                .filter(behind -> behind > 0)
                .sum();
    }

    @Override
    public void close() {
        consumer.close();
    }

    private List<TopicPartition> partitions(String topic) {
        List<PartitionInfo> infos = consumer.partitionsFor(topic);
        return infos.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
    }
}
