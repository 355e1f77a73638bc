package io.millrace.connectors.replay;

import io.millrace.connectors.replay.ReplayManifest.Range;
import io.millrace.model.torch.SplitMix;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of a replay, a pure function of its manifest. An epoch is a sequence of windows, a
 * window some blocks that are read together, and a block a few consecutive offsets of a partition.
 * Any place is computed on its own: no table grows with the topic.
 */
final class ReplayOrder {

    /** Keeps the permutation of an epoch's blocks apart from those within its windows. */
    private static final long BLOCKS = 1;

    private static final long RECORDS = 2;

    /**
     * A stretch [from, to) of one partition that is read without a break.
     *
     * @param to one past the last offset
     */
    record Block(int partition, long from, long to) {

        /** How many offsets, with or without a record. */
        int length() {
            return (int) (to - from);
        }
    }

    /**
     * What is read together. Its slots are the offsets of its blocks one after the other; not each
     * of them need hold a record.
     *
     * @param slots in the order in which they are emitted
     * @param plain whether that is the order of the offsets of a single block
     */
    record Window(int epoch, List<Block> blocks, int[] slots, boolean plain) {}

    private final ReplayManifest manifest;
    private final Shuffle shuffle;
    private final List<Range> ranges;
    private final long blocksPerEpoch;

    ReplayOrder(ReplayManifest manifest) {
        this.manifest = manifest;
        this.shuffle = manifest.shuffle();
        this.ranges = manifest.ranges();
        this.blocksPerEpoch = blocksBefore(Long.MAX_VALUE);
    }

    /** Number of windows in all epochs. */
    long windows() {
        return Math.multiplyExact(windowsPerEpoch(), manifest.epochs());
    }

    /** Number of windows in an epoch. */
    long windowsPerEpoch() {
        return ceilDiv(blocksPerEpoch, shuffle.together());
    }

    /**
     * The window at a place.
     *
     * @param index 0 to {@link #windows()} exclusive
     */
    Window window(long index) {
        int epoch = (int) (index / windowsPerEpoch());
        long first = index % windowsPerEpoch() * shuffle.together();
        long last = Math.min(first + shuffle.together(), blocksPerEpoch);
        List<Block> blocks = new ArrayList<>();
        int slots = 0;
        for (long place = first; place < last; place++) {
            Block block = block(epoch, place);
            blocks.add(block);
            slots += block.length();
        }
        boolean plain = shuffle.kind() != Shuffle.Kind.FULL_WINDOW;
        return new Window(epoch, blocks, slots(epoch, first, slots), plain);
    }

    private int[] slots(int epoch, long first, int count) {
        if (shuffle.kind() == Shuffle.Kind.FULL_WINDOW) {
            return SplitMix.of(shuffle.seed(), RECORDS, epoch, first).permutation(count);
        }
        int[] slots = new int[count];
        for (int slot = 0; slot < count; slot++) {
            slots[slot] = slot;
        }
        return slots;
    }

    private Block block(int epoch, long place) {
        if (shuffle.kind() == Shuffle.Kind.NONE) {
            return block(place);
        }
        var key = SplitMix.of(shuffle.seed(), BLOCKS, epoch);
        return block(new KeyedPermutation(blocksPerEpoch, key).at(place));
    }

    /** The block at a place of stream order, in which partitions take turns until exhausted. */
    private Block block(long place) {
        long turn = turn(place);
        long skip = place - blocksBefore(turn);
        for (Range range : ranges) {
            if (blocks(range) > turn && skip-- == 0) {
                long from = range.start() + turn * shuffle.block();
                long to = from + Math.min(shuffle.block(), range.end() - from);
                return new Block(range.partition(), from, to);
            }
        }
        throw new IndexOutOfBoundsException("block " + place + " of " + blocksPerEpoch);
    }

    /** The turn that a place belongs to: the last one with no more blocks before it. */
    private long turn(long place) {
        long low = 0;
        long high = ranges.stream().mapToLong(this::blocks).max().orElse(0);
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (blocksBefore(middle) <= place) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Blocks of one epoch in the turns before {@code turn}. */
    private long blocksBefore(long turn) {
        return ranges.stream().mapToLong(range -> Math.min(blocks(range), turn)).sum();
    }

    private long blocks(Range range) {
        return ceilDiv(range.length(), shuffle.block());
    }

    private static long ceilDiv(long dividend, long divisor) {
        return dividend / divisor + (dividend % divisor == 0 ? 0 : 1);
    }
}
