package io.millrace.connectors.snapshots;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.UnreachableBrokerException;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.StagedSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes what was staged, deletes what is too old, and only then announces it. */
final class SnapshotCommitter implements Committer<StagedSnapshot> {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaConnection connection;
    private final String topic;
    private final SnapshotDirectory directory;
    private final int keep;
    private final Producer<byte[], byte[]> producer;

    SnapshotCommitter(
            KafkaConnection connection, String topic, SnapshotDirectory directory, int keep) {
        this.connection = connection;
        this.topic = topic;
        this.directory = directory;
        this.keep = keep;
        this.producer =
                new KafkaProducer<>(
                        connection.clientProperties(
                                Map.of(
                                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                                        true,
                                        ProducerConfig.ACKS_CONFIG,
                                        "all",
                                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                                        PATIENCE.toMillis())),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    @Override
    public void commit(Collection<CommitRequest<StagedSnapshot>> requests)
            throws IOException, InterruptedException {
        for (CommitRequest<StagedSnapshot> request : requests) {
            StagedSnapshot snapshot = request.getCommittable();
            // One that a later snapshot has pruned was announced before that one came.
            if (directory.publish(snapshot)) {
                directory.prune(snapshot.learner(), keep);
                announce(snapshot);
            }
        }
    }

    private void announce(StagedSnapshot snapshot) throws IOException, InterruptedException {
        try {
            producer.send(SnapshotAnnouncement.record(topic, snapshot))
                    .get(2 * PATIENCE.toSeconds() + 30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new UnreachableBrokerException(connection.bootstrapServers(), PATIENCE, e);
        } catch (ExecutionException e) {
            throw new IOException(
                    topic
                            + ": "
                            + snapshot.published()
                            + " is published but could not be announced; the restarted job tries"
                            + " again",
                    e.getCause());
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
