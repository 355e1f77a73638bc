package io.millrace.job.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.stream.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What came of a run, as {@code summary.json} says it; from the committed outputs alone.
 *
 * @param values key to number, text or boolean, in the order of the file; null where there is none
 */
public record RunSummary(Map<String, @Nullable Object> values) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public RunSummary {
        values = new LinkedHashMap<>(values);
    }

    /**
     * The summary of a run that has come to its end: it says so itself, or, where the process ended
     * before it was written, the last snapshot does and Flink has deleted the checkpoints.
     */
    public static Optional<RunSummary> ofCompleted(RunDirectory directory) {
        try {
            if (Files.exists(directory.summary())) {
                JsonNode written = JSON.readTree(directory.summary().toFile());
                if (written.path("completed").asBoolean()) {
                    Map<String, @Nullable Object> values = new LinkedHashMap<>();
                    written.properties()
                            .forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
                    return Optional.of(new RunSummary(values));
                }
            }
            boolean completed =
                    hasLastSnapshot(directory.root()) && directory.newestCheckpoint().isEmpty();
            return completed ? Optional.of(of(directory, true, 0)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the newest snapshot is the one at the input's end. */
    static boolean hasLastSnapshot(Path root) throws IOException {
        Optional<Path> latest = new SnapshotDirectory(root).latest(Frame.DEFAULT_LEARNER);
        return latest.isPresent() && manifest(latest.get()).path("completed").asBoolean();
    }

    /** Whether the input had ended. */
    public boolean completed() {
        return Boolean.TRUE.equals(values.get("completed"));
    }

    private static JsonNode manifest(Path snapshot) throws IOException {
        return JSON.readTree(snapshot.resolve("manifest.json").toFile());
    }

    /**
     * Sums up what the directory holds.
     *
     * @param completed whether the input has ended
     * @param since reports before this time belong to an earlier session and don't count for the
     *     speed, milliseconds since 1970
     */
    static RunSummary of(RunDirectory directory, boolean completed, long since) throws IOException {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("completed", completed);
        Optional<Path> latest =
                new SnapshotDirectory(directory.root()).latest(Frame.DEFAULT_LEARNER);
        JsonNode manifest = latest.isEmpty() ? JSON.createObjectNode() : manifest(latest.get());
        var metrics = new CommittedMetrics(directory.metrics(), since);
        values.put("images", manifest.path("images").asLong());
        values.put("steps", manifest.path("step").asLong());
        values.put("loss", metrics.loss());
        values.put("contrast_accuracy", metrics.accuracy());
        values.put("probe_accuracy", metrics.probe("trained", "accuracy"));
        values.put("random_probe_accuracy", metrics.probe("untrained", "accuracy"));
        values.put("knn_accuracy", metrics.probe("trained", "knn_accuracy"));
        values.put("random_knn_accuracy", metrics.probe("untrained", "knn_accuracy"));
        values.put("dead_letters", manifest.path("rejected").asLong());
        values.put("images_per_second", metrics.imagesPerSecond());
        values.put(
                "snapshot",
                latest.map(path -> directory.root().relativize(path).toString()).orElse(null));
        values.put("weights_sha256", value(manifest.path("weights_sha256")));
        if (manifest.has("queue_sha256")) {
            values.put("queue_sha256", value(manifest.path("queue_sha256")));
        }
        values.put("probe_sha256", metrics.probe("trained", "state_sha256"));
        if (manifest.has("parent")) {
            values.put("parent_sha256", value(manifest.path("parent").path("sha256")));
        }
        return new RunSummary(values);
    }

    /** A number of the summary. */
    public Optional<Double> number(String key) {
        return values.get(key) instanceof Number number
                ? Optional.of(number.doubleValue())
                : Optional.empty();
    }

    /** A text of the summary. */
    public Optional<String> text(String key) {
        return values.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static @Nullable Object value(JsonNode node) {
        if (node.isBoolean()) {
            return node.asBoolean();
        }
        if (node.isIntegralNumber()) {
            return node.asLong();
        }
        if (node.isNumber()) {
            return node.asDouble();
        }
        return node.isTextual() ? node.asText() : null;
    }

    /** The last words of {@code metrics.jsonl}. */
    private static final class CommittedMetrics {

        private final Map<String, JsonNode> probes = new LinkedHashMap<>();
        private @Nullable JsonNode last;
        private @Nullable JsonNode first;

        CommittedMetrics(Path file, long since) throws IOException {
            if (!Files.exists(file)) {
                return;
            }
            try (Stream<String> lines = Files.lines(file)) {
                for (String line : (Iterable<String>) lines::iterator) {
                    JsonNode report = JSON.readTree(line);
                    if (!report.path("learner").asText().equals(Frame.DEFAULT_LEARNER)) {
                        continue;
                    }
                    if (report.path("kind").asText().equals("probe")) {
                        probes.put(report.path("encoder").asText(), report);
                    } else if (report.path("kind").asText().equals("step")) {
                        last = report;
                        if (first == null && report.path("timestamp").asLong() >= since) {
                            first = report;
                        }
                    }
                }
            }
        }

        @Nullable Object loss() {
            return last == null ? null : value(last.path("loss"));
        }

        @Nullable Object accuracy() {
            return last == null ? null : value(last.path("accuracy"));
        }

        @Nullable Object probe(String encoder, String field) {
            JsonNode report = probes.get(encoder);
            return report == null ? null : value(report.path(field));
        }

        /** From this session's first report to the last, so that starting up does not count. */
        @Nullable Object imagesPerSecond() {
            if (first == null || last == null) {
                return null;
            }
            double seconds =
                    (last.path("timestamp").asLong() - first.path("timestamp").asLong()) / 1000.0;
            long images = last.path("images").asLong() - first.path("images").asLong();
            return seconds > 0 ? images / seconds : value(last.path("images_per_second"));
        }
    }
}
