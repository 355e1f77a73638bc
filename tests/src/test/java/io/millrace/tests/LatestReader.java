package io.millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.model.snapshot.SnapshotCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Somebody who looks at {@code latest} all the time: resolves it once, reads every file of the
 * snapshot that it names, and looks it up among the announcements.
 */
final class LatestReader implements AutoCloseable {

    private final Path latest;
    private final TopicPartition announcements;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Set<String> announced = new HashSet<>();
    private long looks;

    /** A reader of a learner's directory and of the announcements' one partition. */
    LatestReader(Path learner, String bootstrap, String topic) {
        latest = learner.resolve("latest");
        announcements = new TopicPartition(topic, 0);
        Map<String, Object> properties =
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false);
        var bytes = new ByteArrayDeserializer();
        consumer = new KafkaConsumer<>(properties, bytes, bytes);
        consumer.assign(List.of(announcements));
        consumer.seekToBeginning(List.of(announcements));
    }

    /** Snapshots read. */
    long looks() {
        return looks;
    }

    /** Looks once; fails if what it finds is torn, gone or unannounced. */
    void look() throws IOException {
        Path name;
        try {
            name = Files.readSymbolicLink(latest);
        } catch (NoSuchFileException nothingYet) {
            if (looks > 0) {
                throw new AssertionError(latest + " is gone", nothingYet);
            }
            return;
        }
        Path snapshot = latest.resolveSibling(name);
        List<String> problems = SnapshotCheck.problems(snapshot);
        if (!problems.isEmpty() && isGone(name, snapshot)) {
            return;
        }
        if (!problems.isEmpty()) {
            throw new AssertionError(latest + " named a torn snapshot: " + problems);
        }
        JsonNode manifest = Outputs.json(Files.readString(snapshot.resolve("manifest.json")));
        requireAnnounced(snapshot + " " + manifest.path("weights_sha256").asText());
        looks++;
    }

    /** Whether the snapshot has been pruned meanwhile, which latest must not name any more. */
    private boolean isGone(Path name, Path snapshot) throws IOException {
        if (Files.exists(snapshot)) {
            return false;
        }
        if (Files.readSymbolicLink(latest).equals(name)) {
            throw new AssertionError(latest + " leads nowhere: to " + name);
        }
        return true;
    }

    private void requireAnnounced(String snapshot) throws IOException {
        long end = consumer.endOffsets(List.of(announcements)).getOrDefault(announcements, 0L);
        while (consumer.position(announcements) < end) {
            for (var record : consumer.poll(Duration.ofSeconds(1))) {
                JsonNode json = Outputs.json(new String(record.value(), UTF_8));
                announced.add(
                        json.path("path").asText() + " " + json.path("weights_sha256").asText());
            }
        }
        if (!announced.contains(snapshot)) {
            throw new AssertionError(latest + " named an unannounced snapshot: " + snapshot);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
