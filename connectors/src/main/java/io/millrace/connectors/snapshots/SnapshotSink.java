package io.millrace.connectors.snapshots;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Transactions;
import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.StagedSnapshot;
import io.millrace.model.stream.SnapshotPart;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Publishes encoders as directories and announces them on a topic, with the checkpoints: what
 * readers find was trained on records that the job will not train on again. Runs at parallelism 1,
 * on a disk that writer and committer share.
 */
public final class SnapshotSink implements Sink<SnapshotPart>, SupportsCommitter<StagedSnapshot> {

    private static final long serialVersionUID = 1L;

    /**
     * Where snapshots go.
     *
     * @param directory the run's output directory
     * @param keep snapshots kept of each learner, 1 or more
     */
    public record Destination(String directory, int keep) implements Serializable {

        public Destination {
            requireNonNull(directory, "directory");
            if (keep < 1) {
                throw new IllegalArgumentException(
                        "snapshots to keep must be positive, got " + keep);
            }
        }
    }

    private final Destination destination;
    private final SnapshotDescription description;
    private final KafkaConnection connection;
    private final String topic;
    private final Transactions transactions;

    /**
     * @param topic of the announcements
     * @param transactions of the announcements
     */
    public SnapshotSink(
            Destination destination,
            SnapshotDescription description,
            KafkaConnection connection,
            String topic,
            Transactions transactions) {
        this.destination = requireNonNull(destination, "destination");
        this.description = requireNonNull(description, "description");
        this.connection = requireNonNull(connection, "connection");
        this.topic = requireNonNull(topic, "topic");
        this.transactions = requireNonNull(transactions, "transactions");
    }

    @Override
    public SinkWriter<SnapshotPart> createWriter(WriterInitContext context) {
        return new SnapshotWriter(directory(), description);
    }

    @Override
    public Committer<StagedSnapshot> createCommitter(CommitterInitContext context) {
        return new SnapshotCommitter(
                directory(),
                destination.keep(),
                new SnapshotAnnouncer(connection, topic, transactions));
    }

    private SnapshotDirectory directory() {
        return new SnapshotDirectory(Path.of(destination.directory()));
    }

    @Override
    public SimpleVersionedSerializer<StagedSnapshot> getCommittableSerializer() {
        return new StagedSnapshotSerializer();
    }
}
