package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A window of a replay, or what is left of it.
 *
 * @param window its place in the order
 * @param place how many of its slots are done, in the order in which they are emitted; one more
 *     than there are when its end is, too
 */
public record ReplaySplit(ReplayManifest manifest, long window, int place) implements SourceSplit {

    public ReplaySplit {
        requireNonNull(manifest, "manifest");
    }

    @Override
    public String splitId() {
        return "window-" + window;
    }
}
