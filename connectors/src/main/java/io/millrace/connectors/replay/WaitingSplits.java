package io.millrace.connectors.replay;

import java.util.List;

/** The enumerator's state: splits that no reader holds. */
public record WaitingSplits(List<ReplaySplit> splits) {

    public WaitingSplits {
        splits = List.copyOf(splits);
    }
}
