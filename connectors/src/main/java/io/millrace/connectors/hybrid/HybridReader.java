package io.millrace.connectors.hybrid;

import io.millrace.connectors.hybrid.PhaseSplit.History;
import io.millrace.connectors.hybrid.PhaseSplit.Live;
import io.millrace.connectors.replay.ReplaySplit;
import io.millrace.model.stream.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/**
 * Reads windows of the history until it is given a partition to follow, which happens when nobody
 * has a window left.
 */
@SuppressWarnings("try") // close() of Flink's readers throws any exception
final class HybridReader implements SourceReader<Frame, PhaseSplit> {

    private final SourceReader<Frame, ReplaySplit> history;
    private final SourceReader<Frame, KafkaPartitionSplit> live;

    /** Known from the first partition on. */
    private @Nullable Continuation place;

    private @Nullable PlacingOutput placing;
    private boolean following;

    HybridReader(
            SourceReader<Frame, ReplaySplit> history,
            SourceReader<Frame, KafkaPartitionSplit> live) {
        this.history = history;
        this.live = live;
    }

    @Override
    public void start() {
        history.start();
        live.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Frame> output) throws Exception {
        if (!following) {
            InputStatus status = history.pollNext(output);
            if (status != InputStatus.END_OF_INPUT) {
                return status;
            }
            following = true;
        }
        // Without a partition it has nothing to emit, and may still be told that none will come.
        return live.pollNext(place == null ? output : placing(output, place));
    }

    private PlacingOutput placing(ReaderOutput<Frame> output, Continuation behind) {
        PlacingOutput known = placing;
        if (known == null || !known.isOf(output)) {
            known = new PlacingOutput(output, behind);
            placing = known;
        }
        return known;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return following ? live.isAvailable() : history.isAvailable();
    }

    @Override
    public void addSplits(List<PhaseSplit> splits) {
        List<ReplaySplit> windows = new ArrayList<>();
        List<KafkaPartitionSplit> partitions = new ArrayList<>();
        for (PhaseSplit split : splits) {
            if (split instanceof History window) {
                windows.add(window.window());
            } else if (split instanceof Live partition) {
                partitions.add(partition.partition());
                place = partition.place();
            }
        }
        if (!windows.isEmpty()) {
            history.addSplits(windows);
        }
        if (!partitions.isEmpty()) {
            live.addSplits(partitions);
            endHistory();
        }
    }

    @Override
    public List<PhaseSplit> snapshotState(long checkpoint) {
        List<PhaseSplit> splits = new ArrayList<>();
        history.snapshotState(checkpoint).forEach(window -> splits.add(new History(window)));
        Continuation behind = place;
        if (behind != null) {
            live.snapshotState(checkpoint).forEach(p -> splits.add(new Live(p, behind)));
        }
        return splits;
    }

    /** Of a feed with an end: this reader has all of its partitions, or gets none. */
    @Override
    public void notifyNoMoreSplits() {
        endHistory();
        live.notifyNoMoreSplits();
    }

    /** Also wakes who waits for it. */
    private void endHistory() {
        history.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        history.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
        history.notifyCheckpointComplete(checkpoint);
        live.notifyCheckpointComplete(checkpoint);
    }

    @Override
    public void close() throws Exception {
        try (live) {
            history.close();
        }
    }
}
