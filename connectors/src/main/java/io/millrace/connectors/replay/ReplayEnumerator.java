package io.millrace.connectors.replay;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.jspecify.annotations.Nullable;

/**
 * Deals out the windows of a replay in their order, a few ahead to each reader, and lets one reader
 * emit at a time. So readers fetch side by side, what they emit comes nearly in order, and nobody
 * has to hold back more than what was under way between two channels.
 *
 * <p>After a failure readers keep the windows of their checkpoint and report them when they start;
 * nothing is dealt before all have.
 *
 * <p>Flink holds back what is sent to a reader from the coordinator's part of a checkpoint until
 * the reader's. If the reader's task fails meanwhile, Flink 2.3 loses what it held back, and the
 * next checkpoint waits for it, with all events behind it, until it times out (ten minutes). So
 * nothing is sent in between: {@link #cutting} readers wait for their windows.
 */
public final class ReplayEnumerator implements SplitEnumerator<ReplaySplit, EnumeratorState> {

    /** One being emitted, one being fetched. */
    private static final int WINDOWS_PER_READER = 2;

    private static final long NONE = -1;

    private final SplitEnumeratorContext<ReplaySplit> context;
    private final ReplayManifest manifest;
    private final long windows;
    private final TreeMap<Long, ReplaySplit> returned = new TreeMap<>();

    /** Readers by the windows that they have and have not emitted. */
    private final TreeMap<Long, Integer> held = new TreeMap<>();

    private final Set<Integer> reported = new HashSet<>();

    /** Readers that know that there are no more windows. */
    private final Set<Integer> dismissed = new HashSet<>();

    /** Readers that the checkpoint under way has not passed; those that have finished never do. */
    private final Set<Integer> cutting = new HashSet<>();

    private long checkpoint = NONE;
    private long next;
    private long turn = NONE;

    ReplayEnumerator(SplitEnumeratorContext<ReplaySplit> context, EnumeratorState state) {
        this.context = context;
        this.manifest = state.manifest();
        this.windows = new ReplayOrder(manifest).windows();
        this.next = state.next();
        state.returned().forEach(split -> returned.put(split.window(), split));
    }

    @Override
    public void start() {}

    @Override
    public void addReader(int subtask) {
        // It reports by itself what it has.
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String hostname) {
        // Splits are pushed.
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (event instanceof WindowEvent.Held windowsHeld) {
            report(subtask, windowsHeld.windows());
        } else if (event instanceof WindowEvent.Emitted emitted) {
            held.remove(emitted.window());
            deal();
        } else if (event instanceof WindowEvent.Passed passed) {
            if (passed.checkpoint() == checkpoint && cutting.remove(subtask)) {
                deal();
            }
        } else {
            throw new IllegalArgumentException("unexpected event of a reader: " + event);
        }
    }

    private void report(int subtask, List<Long> windowsHeld) {
        reported.add(subtask);
        for (long window : windowsHeld) {
            held.put(window, subtask);
            returned.remove(window);
        }
        deal();
    }

    private void deal() {
        // A task that has failed is no reader any more, and is not reset before its region is.
        if (reported.size() < context.currentParallelism()
                || context.registeredReaders().size() < context.currentParallelism()) {
            return;
        }
        Integer reader;
        while (hasMore() && (reader = hungriest()) != null) {
            ReplaySplit split =
                    returned.isEmpty()
                            ? new ReplaySplit(manifest, next++, 0)
                            : returned.pollFirstEntry().getValue();
            held.put(split.window(), reader);
            context.assignSplit(split, reader);
        }
        if (!hasMore()) {
            reported.stream()
                    .filter(r -> !cutting.contains(r) && dismissed.add(r))
                    .forEach(context::signalNoMoreSplits);
        }
        Map.Entry<Long, Integer> first = held.firstEntry();
        if (first != null && first.getKey() != turn && !cutting.contains(first.getValue())) {
            turn = first.getKey();
            context.sendEventToSourceReader(first.getValue(), new WindowEvent.Turn(turn));
        }
    }

    /**
     * Whether all readers have said what they have, all windows have been emitted, and no
     * checkpoint is in the way of telling them what follows.
     */
    public boolean isDone() {
        return reported.size() >= context.currentParallelism()
                && !hasMore()
                && held.isEmpty()
                && cutting.isEmpty();
    }

    private boolean hasMore() {
        return !returned.isEmpty() || next < windows;
    }

    /** The reader with the fewest windows, if one has room and may be told. */
    private @Nullable Integer hungriest() {
        Integer hungriest = null;
        long fewest = WINDOWS_PER_READER;
        for (int reader = 0; reader < context.currentParallelism(); reader++) {
            Integer candidate = reader;
            long has = held.values().stream().filter(candidate::equals).count();
            if (has < fewest && !cutting.contains(candidate)) {
                fewest = has;
                hungriest = candidate;
            }
        }
        return hungriest;
    }

    /** A reader starts anew, perhaps with no windows to give back: it will say what it has. */
    @Override
    public void addSplitsBack(List<ReplaySplit> splits, int subtask) {
        Integer reader = subtask;
        reported.remove(reader);
        dismissed.remove(reader);
        cutting.remove(reader);
        held.values().removeIf(reader::equals);
        splits.forEach(split -> returned.put(split.window(), split));
        turn = NONE;
    }

    @Override
    public EnumeratorState snapshotState(long checkpoint) {
        this.checkpoint = checkpoint;
        cutting.addAll(reported);
        return new EnumeratorState(manifest, next, List.copyOf(returned.values()));
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) {
        end(checkpoint);
    }

    @Override
    public void notifyCheckpointAborted(long checkpoint) {
        end(checkpoint);
    }

    private void end(long ended) {
        if (ended == checkpoint && !cutting.isEmpty()) {
            cutting.clear();
            deal();
        }
    }

    @Override
    public void close() {}
}
