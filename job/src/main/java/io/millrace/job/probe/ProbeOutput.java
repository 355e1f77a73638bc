package io.millrace.job.probe;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.picture.ConfusionPicture;
import io.millrace.job.picture.LineChart;
import io.millrace.job.picture.LineChart.Line;
import io.millrace.job.picture.LineChart.Look;
import io.millrace.job.picture.LineChart.Point;
import io.millrace.model.evaluation.Assessment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The files that an evaluation leaves: {@code results.json} and pictures. */
public final class ProbeOutput {

    private static final String RESULTS = "results.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;

    /**
     * @param directory made when first needed
     */
    public ProbeOutput(Path directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    public Path directory() {
        return directory;
    }

    /** Where one of several snapshots has its own. */
    ProbeOutput of(Path snapshot) {
        return new ProbeOutput(directory.resolve(requireNonNull(snapshot.getFileName())));
    }

    /** The results that are there, if they can be read. */
    Optional<ObjectNode> read() throws IOException {
        Path file = directory.resolve(RESULTS);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode results = JSON.readTree(Files.readAllBytes(file));
        return results instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    }

    /** Writes an evaluation: its confusion matrix, then its results, which say that all is done. */
    public void write(ProbeResult result) throws IOException {
        Assessment linear = result.linearAssessment();
        Assessment shown = linear == null ? result.knnAssessment() : linear;
        String title =
                String.format(
                        Locale.ROOT,
                        "%s, %.1f %% right (step %,d)",
                        linear == null ? "nearest neighbours" : "linear classification",
                        100 * shown.top1(),
                        result.snapshot().step());
        new ConfusionPicture(title, result.classes().names(), shown.confusion())
                .save(directory.resolve("confusion.png"));
        write(RESULTS, ResultJson.of(result));
    }

    /**
     * Writes the results of several snapshots and their curve.
     *
     * @param other drawn beside it, at as many images a step as the snapshots'
     */
    public void write(SnapshotCurve curve, Optional<OtherCurve> other) throws IOException {
        var chart =
                new LineChart(
                        "accuracy on " + curve.testImages() + " test images",
                        "images trained on, thousands",
                        "accuracy, %");
        chart.line(new Line("kNN", 0, Look.MAIN, points(curve, "knn_accuracy")));
        chart.line(new Line("linear", 1, Look.MAIN, points(curve, "linear_accuracy")));
        if (other.isPresent()) {
            OtherCurve beside = other.get();
            double thousands = curve.imagesPerStep() / 1000;
            chart.line(line("kNN, " + beside.name(), 0, beside.knn(), thousands));
            chart.line(line("linear, " + beside.name(), 1, beside.linear(), thousands));
        }
        chart.save(directory.resolve("curve.png"));
        write("curve.json", curve.json());
    }

    private static Line line(String name, int colour, List<Point> bySteps, double scale) {
        List<Point> points =
                bySteps.stream().map(point -> new Point(point.x() * scale, point.y())).toList();
        return new Line(name, colour, Look.DASHED, points);
    }

    private static List<Point> points(SnapshotCurve curve, String accuracy) {
        List<Point> points = new ArrayList<>();
        for (ObjectNode result : curve.results()) {
            if (result.path(accuracy).isNumber()) {
                double images = result.path("snapshot").path("images").asDouble() / 1000;
                points.add(new Point(images, 100 * result.path(accuracy).asDouble()));
            }
        }
        return points;
    }

    private void write(String name, JsonNode json) throws IOException {
        Files.createDirectories(directory);
        Path whole = directory.resolve(name + ".new");
        Files.writeString(
                whole, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
        Files.move(whole, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
}
