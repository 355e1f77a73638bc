package io.millrace.job.ledger;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of every record that a run had read when it published a snapshot.
 *
 * @param snapshot the run's latest
 * @param step of it
 * @param rows by epoch and partition
 * @param repeated dead letters that are there more than once, as {@code images-0@17 in epoch 2}
 */
public record Ledger(Path snapshot, long step, List<LedgerRow> rows, List<String> repeated) {

    public Ledger {
        requireNonNull(snapshot, "snapshot");
        rows = List.copyOf(rows);
        repeated = List.copyOf(repeated);
    }

    /** Whether every record became something, and none two things. */
    public boolean isBalanced() {
        return repeated.isEmpty() && rows.stream().allMatch(row -> row.difference() == 0);
    }

    /** All epochs of each partition together. */
    public List<LedgerRow> byPartition() {
        Map<String, LedgerRow> sums = new TreeMap<>();
        for (LedgerRow row : rows) {
            sums.merge(
                    row.part().topic() + "-%9d".formatted(row.part().partition()),
                    row,
                    LedgerRow::plus);
        }
        return List.copyOf(sums.values());
    }

    /** What does not balance, a line each. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (LedgerRow row : rows) {
            long difference = row.difference();
            if (difference != 0) {
                problems.add(
                        "%s in epoch %d: %d records were read and %d accounted for, %d %s"
                                .formatted(
                                        row.part().name(),
                                        row.part().epoch(),
                                        row.read().records(),
                                        row.fate().sum(),
                                        Math.abs(difference),
                                        difference > 0 ? "missing" : "too many"));
            }
        }
        repeated.forEach(letter -> problems.add(letter + ": more than one dead letter"));
        return problems;
    }
}
