package io.millrace.job.run;

import static java.util.Objects.requireNonNull;

import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.SnapshotStaging;
import io.millrace.model.stream.SnapshotPart;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.jspecify.annotations.Nullable;

/** Writes the snapshot of one step to a directory, and tells nobody. */
final class RetrainedSink implements Sink<SnapshotPart> {

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
    public SinkWriter<SnapshotPart> createWriter(WriterInitContext context) {
        return new Writer(new SnapshotDirectory(Path.of(root)), description, step);
    }

    private static final class Writer implements SinkWriter<SnapshotPart> {

        private final SnapshotDirectory directory;
        private final SnapshotDescription description;
        private final long step;
        private @Nullable SnapshotStaging staging;

        Writer(SnapshotDirectory directory, SnapshotDescription description, long step) {
            this.directory = directory;
            this.description = description;
            this.step = step;
        }

        @Override
        public void write(SnapshotPart part, Context context) throws IOException {
            if (part.step() != step) {
                return;
            }
            if (staging == null) {
                staging = directory.begin(part.learner(), step);
            }
            if (part.progress() == null) {
                staging.append(part);
            } else {
                directory.publish(staging.finish(part, description, Instant.now()));
                staging = null;
            }
        }

        @Override
        public void flush(boolean endOfInput) {
            // Written through already.
        }

        @Override
        public void close() {
            if (staging != null) {
                staging.close();
            }
        }
    }
}
