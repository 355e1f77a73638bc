package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.kafka.Topics;
import java.io.Serializable;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Between which places a topic is replayed.
 *
 * @param from of each partition's first record
 * @param to one past its last
 */
public record Bounds(Place from, Place to) implements Serializable {

    public Bounds {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
    }

    /** All that the topic holds. */
    public static Bounds all() {
        return new Bounds(Place.parse("earliest"), Place.parse("latest"));
    }

    /**
     * A place in every partition, as written: {@code earliest}, {@code latest}, a time such as
     * {@code 2026-01-31T00:00:00Z} for the first record that is not older, or offsets such as
     * {@code 0:1200,1:980}.
     */
    public record Place(String text) implements Serializable {

        private static final Pattern PAIR = Pattern.compile("(\\d{1,9}):(\\d{1,18})");
        private static final Pattern OFFSETS = Pattern.compile(PAIR + "(," + PAIR + ")*");

        public Place {
            requireNonNull(text, "text");
            if (!isPlace(text)) {
                throw new IllegalArgumentException(
                        "\"%s\": expected earliest, latest, a time such as 2026-01-31T00:00:00Z, or offsets of partitions such as 0:1200,1:980"
                                .formatted(text));
            }
        }

        /**
         * Reads a place.
         *
         * @throws IllegalArgumentException if it is none
         */
        public static Place parse(String text) {
            return new Place(text.strip());
        }

        private static boolean isPlace(String text) {
            return text.equals("earliest")
                    || text.equals("latest")
                    || OFFSETS.matcher(text).matches()
                    || isTime(text);
        }

        private static boolean isTime(String text) {
            try {
                Instant.parse(text);
                return true;
            } catch (DateTimeParseException e) {
                return false;
            }
        }

        /** Offsets by partition, for each one of the topic. */
        Map<Integer, Long> resolve(
                Topics topics,
                String topic,
                Map<Integer, Long> starts,
                NavigableMap<Integer, Long> ends) {
            if (text.equals("earliest")) {
                Map<Integer, Long> offsets = new HashMap<>(ends);
                starts.forEach((p, start) -> offsets.computeIfPresent(p, (q, e) -> start));
                return offsets;
            }
            if (text.equals("latest")) {
                return ends;
            }
            if (isTime(text)) {
                Map<Integer, Long> offsets = new HashMap<>(ends);
                offsets.putAll(topics.offsetsAt(topic, Instant.parse(text).toEpochMilli()));
                ends.forEach((p, end) -> offsets.merge(p, end, Math::min));
                return offsets;
            }
            return named(topic, starts, ends);
        }

        private Map<Integer, Long> named(
                String topic, Map<Integer, Long> starts, NavigableMap<Integer, Long> ends) {
            Map<Integer, Long> offsets = new TreeMap<>();
            Matcher pairs = PAIR.matcher(text);
            while (pairs.find()) {
                offsets.put(Integer.parseInt(pairs.group(1)), Long.parseLong(pairs.group(2)));
            }
            if (!offsets.keySet().equals(ends.keySet())) {
                throw new IllegalArgumentException(
                        "%s: offsets %s; expected one for each of the partitions %s"
                                .formatted(topic, text, ends.keySet()));
            }
            ends.forEach(
                    (p, end) -> requireHeld(topic, p, offsets.getOrDefault(p, -1L), starts, end));
            return offsets;
        }

        private static void requireHeld(
                String topic, int partition, long offset, Map<Integer, Long> starts, long end) {
            long start = starts.getOrDefault(partition, 0L);
            if (offset < start || offset > end) {
                throw new IllegalArgumentException(
                        "%s-%d: offset %d; the topic holds %d to %d"
                                .formatted(topic, partition, offset, start, end));
            }
        }
    }
}
