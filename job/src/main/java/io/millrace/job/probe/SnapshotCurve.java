package io.millrace.job.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.console.Table;
import io.millrace.model.snapshot.PublishedEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a run's snapshots compare.
 *
 * @param results of each, by step, one or more
 */
public record SnapshotCurve(List<ObjectNode> results) {

    public SnapshotCurve {
        results = List.copyOf(results);
    }

    /**
     * Evaluates them one after the other, each with files of its own; one that was evaluated before
     * in the same way on the same images is not evaluated again.
     *
     * @param sources what the images are and how they are evaluated: {@code train}, {@code test},
     *     {@code plan}
     */
    public static SnapshotCurve evaluate(
            List<Path> snapshots,
            SnapshotProbe probe,
            ObjectNode sources,
            ProbeOutput output,
            ProbeProgress progress)
            throws IOException, InterruptedException {
        List<ObjectNode> results = new ArrayList<>();
        for (Path snapshot : snapshots) {
            ProbeOutput own = output.of(snapshot);
            Optional<ObjectNode> before = own.read();
            if (before.isPresent() && isSame(before.get(), snapshot, sources)) {
                results.add(before.get());
                continue;
            }
            progress.say("evaluating " + snapshot);
            ProbeResult result = probe.evaluate(snapshot);
            if (result.snapshot().unknownHead() != null) {
                progress.say(result.snapshot().unknownHead());
            }
            own.write(result);
            results.add(ResultJson.of(result));
        }
        return new SnapshotCurve(results);
    }

    private static boolean isSame(ObjectNode before, Path snapshot, ObjectNode sources)
            throws IOException {
        String sha256 = PublishedEncoder.read(snapshot).weightsSha256();
        boolean same = before.path("snapshot").path("weights_sha256").asText().equals(sha256);
        same &= before.path("plan").equals(sources.path("plan"));
        for (String set : List.of("train", "test")) {
            JsonNode was = before.path(set);
            same &= was.path("sources").equals(sources.path(set).path("sources"));
            same &= was.path("labels").equals(sources.path(set).path("labels"));
        }
        return same;
    }

    /** {@code snapshots}, and the accuracies of the last one in the open. */
    public ObjectNode json() {
        ObjectNode last = results.get(results.size() - 1);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("knn_accuracy", last.path("knn_accuracy"));
        json.set("linear_accuracy", last.path("linear_accuracy"));
        ArrayNode all = json.putArray("snapshots");
        results.forEach(all::add);
        return json;
    }

    /** Test images that count. */
    long testImages() {
        return results.get(0).path("test").path("images").asLong();
    }

    /** Images that a training step takes. */
    double imagesPerStep() {
        JsonNode last = results.get(results.size() - 1).path("snapshot");
        return last.path("images").asDouble() / Math.max(1, last.path("step").asDouble());
    }

    /** A row for each snapshot. */
    public String render() {
        var table = new Table().row("step", "images", "kNN", "linear", "RankMe");
        for (ObjectNode result : results) {
            table.row(
                    number("%,.0f", result.path("snapshot").path("step")),
                    number("%,.0f", result.path("snapshot").path("images")),
                    percent(result.path("knn_accuracy")),
                    percent(result.path("linear_accuracy")),
                    number("%.1f", result.path("features").path("rank_me")));
        }
        return table.render();
    }

    private static String percent(JsonNode fraction) {
        return fraction.isNumber()
                ? String.format(Locale.ROOT, "%.2f %%", 100 * fraction.asDouble())
                : "-";
    }

    private static String number(String format, JsonNode value) {
        return String.format(Locale.ROOT, format, value.asDouble());
    }
}
