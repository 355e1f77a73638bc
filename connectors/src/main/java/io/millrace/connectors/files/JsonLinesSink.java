package io.millrace.connectors.files;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Appends lines to one local file, each exactly once. Runs at parallelism 1.
 *
 * <p>The writer collects what came since the last checkpoint and says where in the file it belongs;
 * the committer writes it there, which it may do again after a crash. A run that goes on from an
 * older checkpoint cuts off what was written after it. A new run appends to what the file holds.
 */
public final class JsonLinesSink
        implements Sink<String>,
                SupportsCommitter<AppendedBytes>,
                SupportsWriterState<String, Long> {

    private static final long serialVersionUID = 1L;

    private final String file;

    /**
     * @param file its directories are made when first needed; on the machine of the task
     */
    public JsonLinesSink(Path file) {
        this.file = requireNonNull(file, "file").toAbsolutePath().toString();
    }

    @Override
    public JsonLinesWriter createWriter(WriterInitContext context) throws IOException {
        requireAlone(context);
        Path path = Path.of(file);
        return new JsonLinesWriter(Files.exists(path) ? Files.size(path) : 0);
    }

    @Override
    public StatefulSinkWriter<String, Long> restoreWriter(
            WriterInitContext context, Collection<Long> offsets) throws IOException {
        if (offsets.isEmpty()) {
            return createWriter(context);
        }
        requireAlone(context);
        if (offsets.size() != 1) {
            throw new IllegalStateException(
                    file + ": expected one file offset in the checkpoint, got " + offsets);
        }
        long next = offsets.iterator().next();
        JsonLinesCommitter.cutOff(Path.of(file), next);
        return new JsonLinesWriter(next);
    }

    private void requireAlone(WriterInitContext context) {
        int writers = context.getTaskInfo().getNumberOfParallelSubtasks();
        if (writers != 1) {
            throw new IllegalArgumentException(
                    file + ": expected one writer, got " + writers + "; set its parallelism to 1");
        }
    }

    @Override
    public Committer<AppendedBytes> createCommitter(CommitterInitContext context) {
        return new JsonLinesCommitter(Path.of(file));
    }

    @Override
    public SimpleVersionedSerializer<AppendedBytes> getCommittableSerializer() {
        return new AppendedBytesSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Long> getWriterStateSerializer() {
        return new OffsetSerializer();
    }
}
