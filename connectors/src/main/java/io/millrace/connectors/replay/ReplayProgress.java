package io.millrace.connectors.replay;

import io.millrace.connectors.kafka.ImageRecords;
import io.millrace.model.stream.Frame;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** How far the reader has emitted: the split of the next checkpoint. */
final class ReplayProgress {

    private ReplaySplit split;

    ReplayProgress(ReplaySplit split) {
        this.split = split;
    }

    /** Emits a record, or the end of its window, and moves behind it. */
    static void emit(ReplayRecord next, SourceOutput<Frame> output, ReplayProgress progress) {
        ReplayManifest manifest = progress.split.manifest();
        ConsumerRecord<byte[], byte[]> record = next.record();
        if (record == null) {
            output.collect(Frame.endOfWindow(manifest.topic(), next.window()));
        } else {
            Frame frame = ImageRecords.frame(record, next.epoch());
            output.collect(frame.numbered(next.window()), record.timestamp());
        }
        progress.split = new ReplaySplit(manifest, next.window(), next.place() + 1);
    }

    ReplaySplit split() {
        return split;
    }
}
