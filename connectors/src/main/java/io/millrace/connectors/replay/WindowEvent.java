package io.millrace.connectors.replay;

import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;

/** What the enumerator and its readers tell each other beside splits. */
sealed interface WindowEvent extends SourceEvent {

    /**
     * From a reader that has started: the windows that its checkpoint left it with.
     *
     * @param windows rising
     */
    record Held(List<Long> windows) implements WindowEvent {

        private static final long serialVersionUID = 1L;

        public Held {
            windows = List.copyOf(windows);
        }
    }

    /** From a reader: it has emitted all of a window. */
    record Emitted(long window) implements WindowEvent {

        private static final long serialVersionUID = 1L;
    }

    /** From a reader: it has taken its part of a checkpoint. */
    record Passed(long checkpoint) implements WindowEvent {

        private static final long serialVersionUID = 1L;
    }

    /** To a reader: all windows before have been emitted, this one may follow. */
    record Turn(long window) implements WindowEvent {

        private static final long serialVersionUID = 1L;
    }
}
