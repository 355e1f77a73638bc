package io.millrace.job.run;

import static java.util.Objects.requireNonNull;

import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.stream.EncoderSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Writes the snapshot of one step to a directory, and tells nobody. */
final class RetrainedSink implements Sink<EncoderSnapshot> {

    private static final long serialVersionUID = 1L;

    private final String root;
    private final SnapshotDescription description;
    private final long step;

    /**
     * @param root of the snapshots
     * @param step the others are passed over
     */
    RetrainedSink(Path root, SnapshotDescription description, long step) {
        this.root = root.toString();
        this.description = requireNonNull(description, "description");
        this.step = step;
    }

    @Override
    public SinkWriter<EncoderSnapshot> createWriter(WriterInitContext context) {
        var directory = new SnapshotDirectory(Path.of(root));
        return new SinkWriter<>() {
            @Override
            public void write(EncoderSnapshot snapshot, Context element) throws IOException {
                if (snapshot.progress().step() == step) {
                    directory.publish(directory.stage(snapshot, description, Instant.now()));
                }
            }

            @Override
            public void flush(boolean endOfInput) {
                // Written through already.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }
}
