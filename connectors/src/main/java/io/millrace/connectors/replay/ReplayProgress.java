package io.millrace.connectors.replay;

import io.millrace.model.stream.Frame;
import org.apache.flink.api.connector.source.SourceOutput;

/** How far the reader has emitted: the split of the next checkpoint. */
final class ReplayProgress {

    private ReplaySplit split;

    ReplayProgress(ReplaySplit split) {
        this.split = split;
    }

    /** Emits a record, or the end of its window, and moves behind it. */
    static void emit(ReplayRecord next, SourceOutput<Frame> output, ReplayProgress progress) {
        Frame frame = next.frame();
        if (frame.isEndOfWindow()) {
            output.collect(frame);
        } else {
            output.collect(frame, frame.timestamp());
        }
        progress.split =
                new ReplaySplit(progress.split.manifest(), frame.sequence(), next.place() + 1);
    }

    ReplaySplit split() {
        return split;
    }
}
