package io.millrace.connectors.snapshots;

import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.SnapshotDirectory.Placed;
import io.millrace.model.snapshot.StagedSnapshot;
import java.io.IOException;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;

/**
 * Puts what was staged in its place, announces it, lets {@code latest} name it, and then deletes
 * what is too old. In this order an announced snapshot can be read, and the latest one has been
 * announced.
 */
final class SnapshotCommitter implements Committer<StagedSnapshot> {

    private final SnapshotDirectory directory;
    private final int keep;
    private final SnapshotAnnouncer announcer;

    SnapshotCommitter(SnapshotDirectory directory, int keep, SnapshotAnnouncer announcer) {
        this.directory = directory;
        this.keep = keep;
        this.announcer = announcer;
    }

    @Override
    public void commit(Collection<CommitRequest<StagedSnapshot>> requests) throws IOException {
        for (CommitRequest<StagedSnapshot> request : requests) {
            commit(request.getCommittable());
        }
    }

    private void commit(StagedSnapshot snapshot) throws IOException {
        Placed placed = directory.place(snapshot);
        switch (placed) {
            case NOW -> announcer.announce(snapshot);
            case BEFORE, REPEATED -> announcer.announceOnce(snapshot);
            case PRUNED -> {
                // It was announced before a later one came and pruned it.
                return;
            }
        }
        directory.reveal(snapshot, placed);
        directory.prune(snapshot.learner(), keep);
    }

    @Override
    public void close() {
        announcer.close();
    }
}
