package io.millrace.connectors.replay;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.jspecify.annotations.Nullable;

/** Gives the replay to the first reader and tells all others that there is nothing to do. */
final class ReplayEnumerator implements SplitEnumerator<ReplaySplit, WaitingSplits> {

    private static final int READER = 0;

    private final SplitEnumeratorContext<ReplaySplit> context;
    private final List<ReplaySplit> waiting;

    ReplayEnumerator(SplitEnumeratorContext<ReplaySplit> context, List<ReplaySplit> waiting) {
        this.context = context;
        this.waiting = new ArrayList<>(waiting);
    }

    @Override
    public void start() {}

    @Override
    public void addReader(int subtask) {
        if (subtask == READER) {
            waiting.forEach(split -> context.assignSplit(split, subtask));
            waiting.clear();
        }
        context.signalNoMoreSplits(subtask);
    }

    @Override
    public void addSplitsBack(List<ReplaySplit> splits, int subtask) {
        waiting.addAll(splits);
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String hostname) {
        // Splits are pushed when a reader registers.
    }

    @Override
    public WaitingSplits snapshotState(long checkpoint) {
        return new WaitingSplits(waiting);
    }

    @Override
    public void close() {}
}
