package io.millrace.job.ledger;

import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplayManifest.Range;
import io.millrace.connectors.replay.ReplayWalk;
import io.millrace.job.ledger.Account.Entry;
import io.millrace.job.ledger.LedgerRow.Fate;
import io.millrace.job.ledger.LedgerRow.Part;
import io.millrace.job.ledger.LedgerRow.Read;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sets what a manifest says became of the records against the records themselves. Of a stream that
 * is followed live, and of an epoch that is over, all offsets between two count. Of an epoch that
 * is under way those count that come first in its order, as many as the manifest says: the order is
 * computed here anew, so that each partition has to agree.
 */
final class Reckoning {

    private final Account account;
    private final HeldRecords records;
    private final Letters letters;
    private final List<LedgerRow> rows = new ArrayList<>();

    Reckoning(Account account, HeldRecords records, Letters letters) {
        this.account = account;
        this.records = records;
        this.letters = letters;
    }

    /** Rows of epochs that pass over the whole range. */
    Reckoning addEpochsOver(ReplayManifest range, int from, int to) {
        for (int epoch = from; epoch < to; epoch++) {
            for (Range its : range.ranges()) {
                var part = new Part(range.topic(), its.partition(), epoch);
                if (its.length() > 0) {
                    addBetween(part, its.start(), its.end());
                }
            }
        }
        return this;
    }

    /** A row of all records in [start, end). */
    void addBetween(Part part, long start, long end) {
        add(
                part,
                new Read(end - start, records.within(part.partition(), start, end)),
                letters.within(part, start, end));
    }

    /** Rows of the epoch that is under way. */
    Reckoning addEpochUnderWay(ReplayManifest range, int epoch) {
        Map<Integer, long[]> counts = new HashMap<>(); // offsets, records, letters
        long[] left = {account.numbered(epoch)};
        ReplayWalk.epoch(
                range,
                epoch,
                (partition, offset) -> {
                    var part = new Part(range.topic(), partition, epoch);
                    boolean there = records.has(partition, offset);
                    boolean numbered = there && !letters.isUnnumbered(part, offset);
                    if (left[0] == 0 && (numbered || !there)) {
                        return false;
                    }
                    left[0] -= numbered ? 1 : 0;
                    long[] its = counts.computeIfAbsent(partition, p -> new long[3]);
                    its[0]++;
                    its[1] += there ? 1 : 0;
                    its[2] += there && letters.has(part, offset) ? 1 : 0;
                    return true;
                });
        for (Range its : range.ranges()) {
            var part = new Part(range.topic(), its.partition(), epoch);
            long[] count = counts.getOrDefault(its.partition(), new long[3]);
            if (count[0] > 0 || account.entry(part).numbered() > 0) {
                add(part, new Read(count[0], count[1]), count[2]);
            }
        }
        return this;
    }

    private void add(Part part, Read read, long deadLetters) {
        Entry entry = account.entry(part);
        // Nothing is held out for the probe alone: it sees what is trained on.
        rows.add(
                new LedgerRow(
                        part,
                        read,
                        new Fate(entry.trained, 0, deadLetters, entry.dropped, entry.pending)));
    }

    List<LedgerRow> rows() {
        return rows;
    }
}
