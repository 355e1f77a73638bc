package io.millrace.connectors.snapshots;

import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.SnapshotStaging;
import io.millrace.model.snapshot.StagedSnapshot;
import io.millrace.model.stream.SnapshotPart;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;

/** Stages snapshots as their pieces come; the next checkpoint takes them along. */
final class SnapshotWriter implements CommittingSinkWriter<SnapshotPart, StagedSnapshot> {

    private final SnapshotDirectory directory;
    private final SnapshotDescription description;

    /** By learner: pieces of several may come in turns. */
    private final Map<String, SnapshotStaging> open = new HashMap<>();

    private final List<StagedSnapshot> staged = new ArrayList<>();

    SnapshotWriter(SnapshotDirectory directory, SnapshotDescription description) {
        this.directory = directory;
        this.description = description;
    }

    @Override
    public void write(SnapshotPart part, Context context) throws IOException {
        SnapshotStaging staging = open.get(part.learner());
        if (staging == null) {
            staging = directory.begin(part.learner(), part.step());
            open.put(part.learner(), staging);
        }
        switch (part.kind()) {
            case WEIGHTS, HEAD -> staging.append(part);
            case END, END_OF_RUN -> {
                staged.add(staging.finish(part, description, Instant.now()));
                open.remove(part.learner());
            }
        }
    }

    @Override
    public void flush(boolean endOfInput) {
        // Staging has written through to the disk.
    }

    @Override
    public Collection<StagedSnapshot> prepareCommit() {
        if (!open.isEmpty()) {
            throw new IllegalStateException(
                    "a checkpoint cuts the snapshots of "
                            + open.keySet()
                            + "; a trainer must send all pieces of one between two barriers");
        }
        List<StagedSnapshot> ready = List.copyOf(staged);
        staged.clear();
        return ready;
    }

    @Override
    public void close() {
        open.values().forEach(SnapshotStaging::close);
    }
}
