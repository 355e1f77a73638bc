package io.millrace.connectors.snapshots;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.snapshot.StagedSnapshot;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Tells a topic that a snapshot can be read: key = learner, value = JSON. It comes once, after the
 * directory and before {@code latest} names it. A run's last snapshot is announced as completed;
 * where a checkpoint had published that step before the input ended, that is an announcement of its
 * own, since nothing else tells readers of the topic that no further one will come.
 */
final class SnapshotAnnouncement {

    private SnapshotAnnouncement() {}

    static ProducerRecord<byte[], byte[]> record(String topic, StagedSnapshot snapshot) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("learner", snapshot.learner());
        json.put("step", snapshot.step());
        json.put("images", snapshot.images());
        json.put("path", snapshot.published());
        json.put("weights_sha256", snapshot.weightsSha256());
        json.put("completed", snapshot.completed());
        return new ProducerRecord<>(
                topic, snapshot.learner().getBytes(UTF_8), json.toString().getBytes(UTF_8));
    }
}
