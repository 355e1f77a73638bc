package io.millrace.connectors.hybrid;

import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.Position;

/**
 * The live feed's place in the order of the history: one more window of one more epoch, which no
 * marker ends.
 *
 * @param window the number of windows in the history
 * @param epoch the number of epochs in the history
 */
record Continuation(long window, int epoch) {

    static Continuation of(ReplayManifest history) {
        return new Continuation(history.windows(), history.epochs());
    }

    /** A frame as it arrived, at its place. */
    Frame place(Frame frame) {
        Position position = frame.position();
        var placed = new Position(position.topic(), position.partition(), position.offset(), epoch);
        return new Frame(
                placed,
                window,
                frame.timestamp(),
                frame.learner(),
                frame.stream(),
                frame.label(),
                frame.bytes());
    }
}
