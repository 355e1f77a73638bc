package io.millrace.connectors.replay;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.model.stream.Frame;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;

/** Emits the frames that its fetching thread reads. */
@SuppressWarnings("try") // close() of Flink's base class throws any exception
final class ReplayReader
        extends SingleThreadMultiplexSourceReaderBase<
                ReplayRecord, Frame, ReplaySplit, ReplayProgress> {

    ReplayReader(KafkaConnection connection, SourceReaderContext context) {
        super(
                () -> new ReplaySplitReader(connection),
                ReplayProgress::emit,
                context.getConfiguration(),
                context);
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
        // The enumerator has said already that no more will come.
    }
}
