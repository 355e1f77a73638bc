package io.millrace.connectors.replay;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.model.stream.Frame;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;

/** Emits the frames that its fetching thread reads, a window when its turn comes. */
@SuppressWarnings("try") // close() of Flink's base class throws any exception
final class ReplayReader
        extends SingleThreadMultiplexSourceReaderBase<
                ReplayRecord, Frame, ReplaySplit, ReplayProgress> {

    private final Turns turns;
    private List<Long> restored = List.of();

    private ReplayReader(KafkaConnection connection, SourceReaderContext context, Turns turns) {
        super(
                () -> new ReplaySplitReader(connection, turns),
                ReplayProgress::emit,
                context.getConfiguration(),
                context);
        this.turns = turns;
    }

    static ReplayReader of(KafkaConnection connection, SourceReaderContext context) {
        return new ReplayReader(connection, context, new Turns());
    }

    @Override
    public void addSplits(List<ReplaySplit> splits) {
        // Before the start they come from a checkpoint, afterwards from the enumerator.
        restored = splits.stream().map(ReplaySplit::window).sorted().toList();
        super.addSplits(splits);
    }

    @Override
    public void start() {
        super.start();
        context.sendSourceEventToCoordinator(new WindowEvent.Held(restored));
    }

    @Override
    public List<ReplaySplit> snapshotState(long checkpoint) {
        context.sendSourceEventToCoordinator(new WindowEvent.Passed(checkpoint));
        return super.snapshotState(checkpoint);
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (event instanceof WindowEvent.Turn turn) {
            turns.grant(turn.window());
        } else {
            throw new IllegalArgumentException("unexpected event of the enumerator: " + event);
        }
    }

    @Override
    protected ReplayProgress initializedState(ReplaySplit split) {
        return new ReplayProgress(split);
    }

    @Override
    protected ReplaySplit toSplitType(String id, ReplayProgress progress) {
        return progress.split();
    }

    @Override
    protected void onSplitFinished(Map<String, ReplayProgress> finished) {
        for (ReplayProgress progress : finished.values()) {
            context.sendSourceEventToCoordinator(
                    new WindowEvent.Emitted(progress.split().window()));
        }
    }
}
