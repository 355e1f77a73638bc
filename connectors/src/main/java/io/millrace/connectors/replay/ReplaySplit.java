package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.connector.source.SourceSplit;

/**
 * The rest of a replay.
 *
 * @param leg the first leg of the order that is not finished
 * @param offset the next offset in it; 0 or anything else below it means its beginning
 */
public record ReplaySplit(ReplayManifest manifest, long leg, long offset) implements SourceSplit {

    /** One reader reads it all, so there is one split. */
    static final String ID = "replay-0";

    public ReplaySplit {
        requireNonNull(manifest, "manifest");
    }

    @Override
    public String splitId() {
        return ID;
    }
}
