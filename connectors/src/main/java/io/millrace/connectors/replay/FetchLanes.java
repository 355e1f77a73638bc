package io.millrace.connectors.replay;

import io.millrace.connectors.kafka.KafkaConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.util.IOUtils;

/**
 * Consumers of the same partitions side by side. A consumer has one request under way to a broker,
 * and of a shuffled order it cannot know where the next one goes; so a block is asked for in one
 * lane while the answer to another comes in.
 */
final class FetchLanes implements AutoCloseable {

    /** Of a shuffled order. */
    static final int MOST = 2;

    private final List<RangeConsumer> lanes;

    private FetchLanes(List<RangeConsumer> lanes) {
        this.lanes = lanes;
    }

    /**
     * Connects, after checking that the topic still holds what the epochs to come need.
     *
     * @throws LostOffsetsException if it does not
     */
    static FetchLanes open(KafkaConnection connection, ReplaySplit split) {
        List<RangeConsumer> lanes = new ArrayList<>();
        try {
            lanes.add(RangeConsumer.open(connection, split));
            while (lanes.size() < count(split.manifest())) {
                lanes.add(new RangeConsumer(connection, split.manifest()));
            }
        } catch (RuntimeException e) {
            IOUtils.closeAllQuietly(lanes);
            throw e;
        }
        return new FetchLanes(List.copyOf(lanes));
    }

    /** How many lanes a replay has: in stream order a consumer fetches ahead by itself. */
    static int count(ReplayManifest manifest) {
        return manifest.shuffle().kind() == Shuffle.Kind.NONE ? 1 : MOST;
    }

    RangeConsumer lane(int index) {
        return lanes.get(index);
    }

    /**
     * Sends the requests of all lanes and waits for the first that has something to wait for;
     * whether some records have come in any of them.
     *
     * @param wanted partitions to be read in each lane
     */
    boolean poll(List<Set<Integer>> wanted, Duration patience) {
        int first = 0;
        while (wanted.get(first).isEmpty()) {
            first++;
        }
        boolean some = false;
        for (int lane = lanes.size() - 1; lane > first; lane--) {
            if (!wanted.get(lane).isEmpty()) {
                some |= lanes.get(lane).poll(wanted.get(lane), Duration.ZERO);
            }
        }
        return lanes.get(first).poll(wanted.get(first), some ? Duration.ZERO : patience) || some;
    }

    /** Ends a wait in {@link #poll} from another thread. */
    void wakeUp() {
        lanes.forEach(RangeConsumer::wakeUp);
    }

    @Override
    public void close() {
        IOUtils.closeAllQuietly(lanes);
    }
}
