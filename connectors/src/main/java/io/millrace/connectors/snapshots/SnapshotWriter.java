package io.millrace.connectors.snapshots;

import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.StagedSnapshot;
import io.millrace.model.stream.EncoderSnapshot;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;

/** Stages snapshots as they come; the next checkpoint takes them along. */
final class SnapshotWriter implements CommittingSinkWriter<EncoderSnapshot, StagedSnapshot> {

    private final SnapshotDirectory directory;
    private final SnapshotDescription description;
    private final List<StagedSnapshot> staged = new ArrayList<>();

    SnapshotWriter(SnapshotDirectory directory, SnapshotDescription description) {
        this.directory = directory;
        this.description = description;
    }

    @Override
    public void write(EncoderSnapshot snapshot, Context context) throws IOException {
        staged.add(directory.stage(snapshot, description, Instant.now()));
    }

    @Override
    public void flush(boolean endOfInput) {
        // Staging has written through to the disk.
    }

    @Override
    public Collection<StagedSnapshot> prepareCommit() {
        List<StagedSnapshot> ready = List.copyOf(staged);
        staged.clear();
        return ready;
    }

    @Override
    public void close() {}
}
