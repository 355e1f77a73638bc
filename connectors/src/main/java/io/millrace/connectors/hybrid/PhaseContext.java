package io.millrace.connectors.hybrid;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;

/**
 * What the enumerator of one phase sees: its own splits, and readers only while it is its turn.
 *
 * @param <S> the phase's splits
 */
final class PhaseContext<S extends SourceSplit> implements SplitEnumeratorContext<S> {

    private final SplitEnumeratorContext<PhaseSplit> context;
    private final Function<S, PhaseSplit> split;
    private final BooleanSupplier hasTurn;
    private final IntConsumer noMoreSplits;

    /**
     * @param noMoreSplits told the readers that this phase has nothing more for
     */
    PhaseContext(
            SplitEnumeratorContext<PhaseSplit> context,
            Function<S, PhaseSplit> split,
            BooleanSupplier hasTurn,
            IntConsumer noMoreSplits) {
        this.context = context;
        this.split = split;
        this.hasTurn = hasTurn;
        this.noMoreSplits = noMoreSplits;
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
        return context.metricGroup();
    }

    @Override
    public void sendEventToSourceReader(int subtask, SourceEvent event) {
        context.sendEventToSourceReader(subtask, event);
    }

    @Override
    public int currentParallelism() {
        return context.currentParallelism();
    }

    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
        return hasTurn.getAsBoolean() ? context.registeredReaders() : Map.of();
    }

    @Override
    public void assignSplits(SplitsAssignment<S> assignment) {
        Map<Integer, List<PhaseSplit>> splits = new HashMap<>();
        assignment
                .assignment()
                .forEach((reader, own) -> splits.put(reader, own.stream().map(split).toList()));
        context.assignSplits(new SplitsAssignment<>(splits));
    }

    @Override
    public void signalNoMoreSplits(int subtask) {
        noMoreSplits.accept(subtask);
    }

    @Override
    public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
        context.callAsync(callable, handler);
    }

    @Override
    public <T> void callAsync(
            Callable<T> callable, BiConsumer<T, Throwable> handler, long delay, long period) {
        context.callAsync(callable, handler, delay, period);
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
        context.runInCoordinatorThread(runnable);
    }
}
