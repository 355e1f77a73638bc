package io.millrace.connectors.hybrid;

import io.millrace.model.stream.Frame;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/** Puts live frames behind those of the history. */
final class PlacingOutput implements ReaderOutput<Frame> {

    /** The same for a split. */
    private record Placing(SourceOutput<Frame> output, Continuation place)
            implements SourceOutput<Frame> {

        @Override
        public void collect(Frame frame) {
            output.collect(place.place(frame));
        }

        @Override
        public void collect(Frame frame, long timestamp) {
            output.collect(place.place(frame), timestamp);
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            output.emitWatermark(watermark);
        }

        @Override
        public void markIdle() {
            output.markIdle();
        }

        @Override
        public void markActive() {
            output.markActive();
        }
    }

    private final ReaderOutput<Frame> output;
    private final Continuation place;
    private final Placing placing;

    PlacingOutput(ReaderOutput<Frame> output, Continuation place) {
        this.output = output;
        this.place = place;
        this.placing = new Placing(output, place);
    }

    /** Whether this is an output's. */
    boolean isOf(ReaderOutput<Frame> other) {
        return output == other;
    }

    @Override
    public void collect(Frame frame) {
        placing.collect(frame);
    }

    @Override
    public void collect(Frame frame, long timestamp) {
        placing.collect(frame, timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
        placing.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
        placing.markIdle();
    }

    @Override
    public void markActive() {
        placing.markActive();
    }

    @Override
    public SourceOutput<Frame> createOutputForSplit(String split) {
        return new Placing(output.createOutputForSplit(split), place);
    }

    @Override
    public void releaseOutputForSplit(String split) {
        output.releaseOutputForSplit(split);
    }
}
