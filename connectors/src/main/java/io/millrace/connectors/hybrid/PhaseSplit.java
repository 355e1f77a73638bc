package io.millrace.connectors.hybrid;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.replay.ReplaySplit;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;

/** What a reader reads: a window of the history, or a partition from the history's end on. */
public sealed interface PhaseSplit extends SourceSplit {

    /** A window of the history. */
    record History(ReplaySplit window) implements PhaseSplit {

        public History {
            requireNonNull(window, "window");
        }

        @Override
        public String splitId() {
            return window.splitId();
        }
    }

    /** A partition that is followed, without end unless the source has one. */
    record Live(KafkaPartitionSplit partition, Continuation place) implements PhaseSplit {

        public Live {
            requireNonNull(partition, "partition");
            requireNonNull(place, "place");
        }

        @Override
        public String splitId() {
            return partition.splitId();
        }
    }
}
