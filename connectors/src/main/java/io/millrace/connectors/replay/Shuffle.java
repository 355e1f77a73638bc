package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * How far an epoch departs from the order of the stream. Blocks keep reading sequential; the window
 * takes the runs out of the blocks. A pair of a batch of a topic with runs of L similar records
 * shares its run with a probability of about L/N + min(L, block) / (2 x block x window).
 *
 * @param block consecutive offsets of a partition that are read together
 * @param window blocks that are in memory at once, encoded; only {@link Kind#FULL_WINDOW} has more
 *     than one
 * @param seed of the order, with the epoch
 */
public record Shuffle(Kind kind, int block, int window, long seed) implements Serializable {

    /** Blocks of stream order. */
    private static final int PLAIN_BLOCK = 256;

    private static final int MAX_RECORDS = 1 << 24;

    /** What is shuffled. */
    public enum Kind {
        /** Nothing: partitions take turns block by block, each in its own order. */
        NONE,
        /** The order of the blocks. */
        BLOCKS,
        /** The order of the blocks, then the records within each window of them. */
        FULL_WINDOW
    }

    public Shuffle {
        requireNonNull(kind, "kind");
        if (block < 1 || window < 1 || (long) block * window > MAX_RECORDS) {
            throw new IllegalArgumentException(
                    "a window of %d blocks of %d records; expected positive numbers and at most %d records"
                            .formatted(window, block, MAX_RECORDS));
        }
    }

    /** The order of the stream. */
    public static Shuffle none() {
        return new Shuffle(Kind.NONE, PLAIN_BLOCK, 1, 0);
    }

    /**
     * The same with so few records to a window that it is expected to hold at most so many bytes,
     * but one record at least. Blocks become shorter before they become fewer, which mixes better
     * in the same memory.
     *
     * @param recordBytes what a record is expected to hold; 0 if unknown
     */
    public Shuffle within(long windowBytes, long recordBytes) {
        long records = Math.max(1, windowBytes / Math.max(1, recordBytes));
        if ((long) block * together() <= records) {
            return this;
        }
        int blocks = (int) Math.min(together(), records);
        int shorter = (int) (records / blocks);
        return new Shuffle(kind, shorter, kind == Kind.FULL_WINDOW ? blocks : window, seed);
    }

    /** Blocks read and emitted together. */
    int together() {
        return kind == Kind.FULL_WINDOW ? window : 1;
    }
}
