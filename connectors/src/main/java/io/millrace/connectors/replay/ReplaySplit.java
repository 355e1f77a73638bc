package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.connector.source.SourceSplit;

/**
 * The rest of a replay.
 *
 * @param window the first window of the order that is not finished
 * @param place how many of its slots are done, in the order in which they are emitted
 */
public record ReplaySplit(ReplayManifest manifest, long window, int place) implements SourceSplit {

    /** One reader reads it all, so there is one split. */
    static final String ID = "replay-0";

    public ReplaySplit {
        requireNonNull(manifest, "manifest");
    }

    /** All of it. */
    static ReplaySplit whole(ReplayManifest manifest) {
        return new ReplaySplit(manifest, 0, 0);
    }

    @Override
    public String splitId() {
        return ID;
    }
}
