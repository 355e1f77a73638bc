package io.millrace.connectors.hybrid;

import io.millrace.connectors.hybrid.PhaseSplit.History;
import io.millrace.connectors.hybrid.PhaseSplit.Live;
import io.millrace.connectors.live.LiveSource;
import io.millrace.connectors.replay.ReplayEnumerator;
import io.millrace.connectors.replay.ReplaySplit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.jspecify.annotations.Nullable;

/**
 * Deals out the windows of the history, and when the last has been emitted the partitions of the
 * live feed.
 *
 * <p>A failure may take the readers back into the history while this one, which is not reset,
 * remembers the live feed. Its partitions then wait here until the history has been read again: no
 * reader gets one before all have reported, and none has a window left.
 */
@SuppressWarnings("try") // close() of Flink's enumerators throws any exception
final class HybridEnumerator implements SplitEnumerator<PhaseSplit, HybridState> {

    private final SplitEnumeratorContext<PhaseSplit> context;
    private final ReplayEnumerator history;
    private final LiveSource feed;
    private final SplitEnumeratorContext<KafkaPartitionSplit> liveContext;

    /** Readers that have failed or started and have not said yet what they have. */
    private final Set<Integer> silent = new HashSet<>();

    private @Nullable SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> live;
    private boolean following;

    /**
     * @param feed begins where the history ends
     * @param state of the live feed, if it had begun
     */
    HybridEnumerator(
            SplitEnumeratorContext<PhaseSplit> context,
            ReplayEnumerator history,
            LiveSource feed,
            Continuation place,
            @Nullable KafkaSourceEnumState state)
            throws Exception {
        this.context = context;
        this.history = history;
        this.feed = feed;
        liveContext =
                new PhaseContext<>(
                        context,
                        split -> new Live(split, place),
                        () -> following,
                        context::signalNoMoreSplits);
        live = state == null ? null : feed.restoreEnumerator(liveContext, state);
    }

    @Override
    public void start() {
        history.start();
        if (live != null) {
            live.start();
        }
    }

    @Override
    public void addReader(int subtask) {
        silent.add(subtask);
        following = false;
        history.addReader(subtask);
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String hostname) {
        // Splits are pushed.
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        history.handleSourceEvent(subtask, event);
        silent.remove(subtask);
        followIfDone();
    }

    private void followIfDone() {
        if (following || !silent.isEmpty() || !history.isDone()) {
            return;
        }
        following = true;
        SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> partitions = live;
        if (partitions == null) {
            partitions = feed.createEnumerator(liveContext);
            live = partitions;
            partitions.start();
        }
        Set.copyOf(context.registeredReaders().keySet()).forEach(partitions::addReader);
    }

    @Override
    public void addSplitsBack(List<PhaseSplit> splits, int subtask) {
        silent.add(subtask);
        following = false;
        List<ReplaySplit> windows = new ArrayList<>();
        List<KafkaPartitionSplit> partitions = new ArrayList<>();
        for (PhaseSplit split : splits) {
            if (split instanceof History window) {
                windows.add(window.window());
            } else if (split instanceof Live partition) {
                partitions.add(partition.partition());
            }
        }
        history.addSplitsBack(windows, subtask);
        if (live != null) {
            live.addSplitsBack(partitions, subtask);
        }
    }

    @Override
    public HybridState snapshotState(long checkpoint) throws Exception {
        return new HybridState(
                history.snapshotState(checkpoint),
                live == null ? null : live.snapshotState(checkpoint));
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
        history.notifyCheckpointComplete(checkpoint);
        if (live != null) {
            live.notifyCheckpointComplete(checkpoint);
        }
        followIfDone();
    }

    @Override
    public void notifyCheckpointAborted(long checkpoint) throws Exception {
        history.notifyCheckpointAborted(checkpoint);
        if (live != null) {
            live.notifyCheckpointAborted(checkpoint);
        }
        followIfDone();
    }

    @Override
    public void close() throws IOException {
        history.close();
        if (live != null) {
            live.close();
        }
    }
}
