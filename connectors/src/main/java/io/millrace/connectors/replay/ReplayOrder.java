package io.millrace.connectors.replay;

import io.millrace.connectors.replay.ReplayManifest.Range;
import java.util.List;

/**
 * The order of a replay, a pure function of its manifest: epoch after epoch, and in each the
 * partitions take turns block by block until they are exhausted. One partition is read in its own
 * order.
 */
final class ReplayOrder {

    /**
     * A stretch [from, to) of one partition that is read without a break.
     *
     * @param to one past the last offset
     */
    record Leg(int epoch, int partition, long from, long to) {}

    private final ReplayManifest manifest;
    private final List<Range> ranges;
    private final long legsPerEpoch;

    ReplayOrder(ReplayManifest manifest) {
        this.manifest = manifest;
        this.ranges = manifest.ranges();
        this.legsPerEpoch = legsBefore(Long.MAX_VALUE);
    }

    /** Number of legs in all epochs. */
    long legs() {
        return Math.multiplyExact(legsPerEpoch, manifest.epochs());
    }

    /** The leg at a place in the order, 0 to {@link #legs()} exclusive. */
    Leg leg(long index) {
        int epoch = (int) (index / legsPerEpoch);
        long place = index % legsPerEpoch;
        long turn = turn(place);
        long skip = place - legsBefore(turn);
        for (Range range : ranges) {
            if (blocks(range) > turn && skip-- == 0) {
                long from = range.start() + turn * manifest.block();
                return new Leg(
                        epoch,
                        range.partition(),
                        from,
                        from + Math.min(manifest.block(), range.end() - from));
            }
        }
        throw new IndexOutOfBoundsException("leg " + index + " of " + legs());
    }

    /** The turn that a place in an epoch belongs to: the last one with no more legs before it. */
    private long turn(long place) {
        long low = 0;
        long high = ranges.stream().mapToLong(this::blocks).max().orElse(0);
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (legsBefore(middle) <= place) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Legs of one epoch in the turns before {@code turn}. */
    private long legsBefore(long turn) {
        return ranges.stream().mapToLong(range -> Math.min(blocks(range), turn)).sum();
    }

    private long blocks(Range range) {
        return range.length() / manifest.block() + (range.length() % manifest.block() == 0 ? 0 : 1);
    }
}
