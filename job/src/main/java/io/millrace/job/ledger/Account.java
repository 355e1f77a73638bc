package io.millrace.job.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.job.ledger.LedgerRow.Part;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a snapshot's manifest says of the records read, by epoch and partition. */
final class Account {

    /** Of one partition in one epoch, all counts from the manifest. */
    static final class Entry {
        long start = Long.MAX_VALUE;
        long end;
        long trained;
        long dropped;
        long pending;
        long rejected;

        /** Records with a place in the sequence. */
        long numbered() {
            return trained + dropped + pending + rejected;
        }
    }

    private final TreeMap<Part, Entry> entries =
            new TreeMap<>(
                    Comparator.comparingInt(Part::epoch)
                            .thenComparing(Part::topic)
                            .thenComparingInt(Part::partition));

    /** Reads {@code consumed}, {@code dropped} and {@code pending}. */
    static Account of(JsonNode manifest) {
        var account = new Account();
        for (String kind : List.of("consumed", "dropped", "pending")) {
            for (JsonNode range : manifest.path(kind)) {
                account.add(kind, range);
            }
        }
        return account;
    }

    private void add(String kind, JsonNode range) {
        var part =
                new Part(
                        range.path("topic").asText(),
                        range.path("partition").asInt(),
                        range.path("epoch").asInt());
        Entry entry = entries.computeIfAbsent(part, p -> new Entry());
        entry.start = Math.min(entry.start, range.path("start").asLong());
        entry.end = Math.max(entry.end, range.path("end").asLong());
        entry.rejected += range.path("rejected").asLong();
        long images = range.path("images").asLong();
        switch (kind) {
            case "consumed" -> entry.trained += images;
            case "dropped" -> entry.dropped += images;
            default -> entry.pending += images;
        }
    }

    /** By epoch and partition. */
    Map<Part, Entry> entries() {
        return entries;
    }

    Entry entry(Part part) {
        return entries.getOrDefault(part, new Entry());
    }

    /** The newest epoch read from; -1 for none. */
    int newestEpoch() {
        return entries.isEmpty() ? -1 : entries.lastKey().epoch();
    }

    /** Records of an epoch with a place in the sequence. */
    long numbered(int epoch) {
        return entries.entrySet().stream()
                .filter(e -> e.getKey().epoch() == epoch)
                .mapToLong(e -> e.getValue().numbered())
                .sum();
    }
}
