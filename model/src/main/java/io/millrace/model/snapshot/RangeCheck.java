package io.millrace.model.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether what a snapshot was trained on lies in the frozen range that it names. */
final class RangeCheck {

    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final JsonNode range;
    private final Map<Integer, JsonNode> partitions = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    private RangeCheck(Path file, JsonNode range) {
        this.file = file;
        this.range = range;
        for (JsonNode partition : range.path("ranges")) {
            partitions.put(partition.path("partition").asInt(-1), partition);
        }
    }

    /** What is wrong, a line each. */
    static List<String> problems(Path directory, JsonNode manifest) throws IOException {
        Path file = directory.resolve(SnapshotManifest.RANGE_FILE);
        try {
            var check = new RangeCheck(file, JSON.readTree(Files.readAllBytes(file)));
            for (String kind : List.of("consumed", "dropped", "pending")) {
                manifest.path(kind).forEach(read -> check.requireWithin(kind, read));
            }
            return check.problems;
        } catch (JsonProcessingException e) {
            return List.of(file + " is not JSON: " + e.getOriginalMessage());
        }
    }

    /** Epochs beyond the range's follow the live stream, from where the range ends. */
    private void requireWithin(String kind, JsonNode read) {
        boolean live = read.path("epoch").asInt() >= range.path("epochs").asInt();
        JsonNode frozen = partitions.get(read.path("partition").asInt());
        if (live) {
            return;
        }
        if (frozen == null
                || !read.path("topic").equals(range.path("topic"))
                || read.path("start").asLong() < frozen.path("start").asLong()
                || read.path("end").asLong() > frozen.path("end").asLong()) {
            problems.add(
                    "%s: expected the offsets that the manifest has as %s to lie in this range, got [%d, %d) of %s-%d in epoch %d"
                            .formatted(
                                    file,
                                    kind,
                                    read.path("start").asLong(),
                                    read.path("end").asLong(),
                                    read.path("topic").asText(),
                                    read.path("partition").asInt(),
                                    read.path("epoch").asInt()));
        }
    }
}
