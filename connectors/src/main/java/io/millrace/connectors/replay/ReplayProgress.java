package io.millrace.connectors.replay;

import io.millrace.connectors.kafka.ImageRecords;
import io.millrace.model.stream.Frame;
import org.apache.flink.api.connector.source.SourceOutput;

/** How far the reader has emitted: the split of the next checkpoint. */
final class ReplayProgress {

    private ReplaySplit split;

    ReplayProgress(ReplaySplit split) {
        this.split = split;
    }

    /** Emits a record and moves behind it. */
    static void emit(ReplayRecord next, SourceOutput<Frame> output, ReplayProgress progress) {
        var record = next.record();
        output.collect(ImageRecords.frame(record, next.epoch()), record.timestamp());
        progress.split =
                new ReplaySplit(progress.split.manifest(), next.window(), next.place() + 1);
    }

    ReplaySplit split() {
        return split;
    }
}
