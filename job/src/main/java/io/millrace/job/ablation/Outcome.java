package io.millrace.job.ablation;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a variant came to.
 *
 * @param summary of its run
 * @param probe of its last encoder
 */
public record Outcome(Variant variant, JsonNode summary, JsonNode probe) {

    public static final String PROBE = "probe.json";
    private static final String SUMMARY = "summary.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    public Outcome {
        requireNonNull(variant, "variant");
        requireNonNull(summary, "summary");
        requireNonNull(probe, "probe");
    }

    /** What lies in the variant's directory, if its run is complete and its encoder evaluated. */
    public static Optional<Outcome> read(Variant variant, Path directory) throws IOException {
        Path probe = directory.resolve(PROBE);
        Path summary = directory.resolve(SUMMARY);
        if (!Files.exists(probe) || !Files.exists(summary)) {
            return Optional.empty();
        }
        var outcome =
                new Outcome(
                        variant,
                        JSON.readTree(Files.readAllBytes(summary)),
                        JSON.readTree(Files.readAllBytes(probe)));
        return outcome.isWhole() ? Optional.of(outcome) : Optional.empty();
    }

    /** Whether the run in a directory has come to its end. */
    public static boolean isComplete(Path directory) throws IOException {
        Path summary = directory.resolve(SUMMARY);
        return Files.exists(summary)
                && JSON.readTree(Files.readAllBytes(summary)).path("completed").asBoolean();
    }

    private boolean isWhole() {
        String trained = summary.path("weights_sha256").asText();
        return summary.path("completed").asBoolean()
                && trained.equals(probe.path("snapshot").path("weights_sha256").asText());
    }

    /** kNN accuracy, 0 to 1. */
    double knn() {
        return probe.path("knn_accuracy").asDouble();
    }

    /** Linear accuracy, 0 to 1. */
    double linear() {
        return probe.path("linear_accuracy").asDouble();
    }

    /** The raw results in one line. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", variant.name());
        json.put("knn_accuracy", knn());
        json.put("linear_accuracy", linear());
        json.put("published_linear_accuracy", variant.published() / 100);
        json.set("features", probe.path("features"));
        for (String key : new String[] {"images", "steps", "loss", "images_per_second"}) {
            json.set(key, summary.path(key));
        }
        json.set("weights_sha256", summary.path("weights_sha256"));
        return json;
    }
}
