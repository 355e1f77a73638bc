package io.millrace.job.ledger;

import static java.util.Objects.requireNonNull;

/** The records of one partition that a run has read in one epoch, and what became of them. */
public record LedgerRow(Part part, Read read, Fate fate) {

    /** A partition in an epoch. */
    public record Part(String topic, int partition, int epoch) {
        public Part {
            requireNonNull(topic, "topic");
        }

        /** The partition as messages name it. */
        public String name() {
            return topic + "-" + partition;
        }
    }

    /**
     * What the topic holds.
     *
     * @param offsets that the run has passed
     * @param records at those offsets; the others hold none, after compaction or for a transaction
     */
    public record Read(long offsets, long records) {}

    /**
     * What became of the records.
     *
     * @param trained that gave a view pair of a step
     * @param probedOnly that the probe alone saw
     * @param deadLetters in the topic of the dead letters
     * @param dropped that make no batch at the end of an epoch or of the input
     * @param pending that wait for their batch to be whole
     */
    public record Fate(
            long trained, long probedOnly, long deadLetters, long dropped, long pending) {

        long sum() {
            return trained + probedOnly + deadLetters + dropped + pending;
        }

        Fate plus(Fate other) {
            return new Fate(
                    trained + other.trained,
                    probedOnly + other.probedOnly,
                    deadLetters + other.deadLetters,
                    dropped + other.dropped,
                    pending + other.pending);
        }
    }

    public LedgerRow {
        requireNonNull(part, "part");
        requireNonNull(read, "read");
        requireNonNull(fate, "fate");
    }

    /** Offsets without a record. */
    public long holes() {
        return read.offsets() - read.records();
    }

    /** Records that nothing became of, or less than none if more became of them than there are. */
    public long difference() {
        return read.records() - fate.sum();
    }

    /** Both rows' records as the other's part. */
    LedgerRow plus(LedgerRow other) {
        return new LedgerRow(
                other.part,
                new Read(
                        read.offsets() + other.read.offsets(),
                        read.records() + other.read.records()),
                fate.plus(other.fate));
    }
}
