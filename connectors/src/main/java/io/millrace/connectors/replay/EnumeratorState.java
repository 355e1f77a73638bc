package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What no reader knows.
 *
 * @param next the first window that has not been given to a reader
 * @param returned windows before it that came back from readers that failed
 */
public record EnumeratorState(ReplayManifest manifest, long next, List<ReplaySplit> returned) {

    public EnumeratorState {
        requireNonNull(manifest, "manifest");
        returned = List.copyOf(returned);
    }

    /** Of a replay that has not begun. */
    static EnumeratorState beginning(ReplayManifest manifest) {
        return new EnumeratorState(manifest, 0, List.of());
    }
}
