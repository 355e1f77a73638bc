package io.millrace.job.ledger;

import io.millrace.connectors.kafka.DeadLetterTopic;
import io.millrace.connectors.kafka.DeadLetterTopic.Letter;
import io.millrace.job.ledger.LedgerRow.Part;
import io.millrace.operators.Sequencer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The dead letters of a topic's records, by where the originals are. */
final class Letters {

    private final String topic;
    private final Map<Part, TreeMap<Long, Integer>> counts = new HashMap<>();
    private final Map<Part, Set<Long>> unnumbered = new HashMap<>();

    private Letters(String topic) {
        this.topic = topic;
    }

    /** Reads all that are there now. */
    static Letters of(String topic, DeadLetterTopic letters) {
        var all = new Letters(topic);
        letters.read(all::add);
        return all;
    }

    private void add(Letter letter) {
        if (!letter.header("topic").equals(topic)) {
            return;
        }
        var part =
                new Part(
                        topic,
                        Integer.parseInt(letter.header("partition")),
                        Integer.parseInt(letter.header("epoch")));
        long offset = Long.parseLong(letter.header("offset"));
        counts.computeIfAbsent(part, p -> new TreeMap<>()).merge(offset, 1, Integer::sum);
        if (letter.header("reason").equals(Sequencer.UNKNOWN_LEARNER)) {
            unnumbered.computeIfAbsent(part, p -> new TreeSet<>()).add(offset);
        }
    }

    /** Whether a record has one. */
    boolean has(Part part, long offset) {
        return counts.getOrDefault(part, new TreeMap<>()).containsKey(offset);
    }

    /** Whether a record was set aside before it got a place in the sequence. */
    boolean isUnnumbered(Part part, long offset) {
        return unnumbered.getOrDefault(part, Set.of()).contains(offset);
    }

    /** Records with one among the offsets [start, end). */
    long within(Part part, long start, long end) {
        return counts.getOrDefault(part, new TreeMap<>()).subMap(start, end).size();
    }

    /** Those that are there more than once. */
    List<String> repeated() {
        List<String> repeated = new ArrayList<>();
        counts.forEach(
                (part, offsets) ->
                        offsets.forEach(
                                (offset, count) -> {
                                    if (count > 1) {
                                        repeated.add(
                                                "%s@%d in epoch %d"
                                                        .formatted(
                                                                part.name(), offset, part.epoch()));
                                    }
                                }));
        return repeated.stream().sorted().toList();
    }
}
