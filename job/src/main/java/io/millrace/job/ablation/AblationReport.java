package io.millrace.job.ablation;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.job.picture.LineChart;
import io.millrace.job.picture.LineChart.Line;
import io.millrace.job.picture.LineChart.Look;
import io.millrace.job.picture.LineChart.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The outcomes as tables, a picture, and raw. */
public final class AblationReport {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String caption;
    private final List<Outcome> outcomes;

    /**
     * A report of what there is; rows without an outcome say so.
     *
     * @param caption what was run, on what, for how long
     */
    public AblationReport(String caption, List<Outcome> outcomes) {
        this.caption = caption;
        this.outcomes = List.copyOf(outcomes);
    }

    /** Writes {@code ablation.md}, {@code ablation.png} and {@code ablation.jsonl}. */
    public void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("ablation.md"), markdown());
        StringBuilder lines = new StringBuilder();
        for (Outcome outcome : outcomes) {
            lines.append(JSON.writeValueAsString(outcome.json())).append('\n');
        }
        Files.writeString(directory.resolve("ablation.jsonl"), lines.toString());
        picture().save(directory.resolve("ablation.png"));
    }

    /** Both tables, Markdown. */
    public String markdown() {
        StringBuilder text = new StringBuilder(caption).append("\n\n");
        text.append("| | MLP | aug+ | cos | T | kNN % | linear % | published % |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (Variant v : Variant.table1()) {
            text.append("| %s | %s | %s | %s | ".formatted(v.name(), mlp(v), aug(v), cosine(v)));
            text.append(number(v.temperature())).append(" | ").append(accuracies(v));
        }
        text.append("\n| T | head | kNN % | linear % | published % |\n");
        text.append("| --- | --- | --- | --- | --- |\n");
        for (Variant v : Variant.table2()) {
            text.append("| %s | %s | ".formatted(number(v.temperature()), v.head()));
            text.append(accuracies(v));
        }
        return text.toString();
    }

    private String accuracies(Variant variant) {
        Optional<Outcome> outcome = find(variant);
        String ours =
                outcome.map(o -> percent(o.knn()) + " | " + percent(o.linear()))
                        .orElse("not run | not run");
        return ours + " | " + String.format(Locale.ROOT, "%.1f", variant.published()) + " |\n";
    }

    private LineChart picture() {
        var chart =
                new LineChart(
                        "Temperature, with and without the MLP head",
                        "temperature",
                        "linear accuracy, % top-1");
        chart.line(new Line("MLP, here", 0, Look.MAIN, ours("mlp")));
        chart.line(new Line("linear, here", 1, Look.MAIN, ours("linear")));
        chart.line(new Line("MLP, ImageNet", 0, Look.DASHED, published("mlp")));
        chart.line(new Line("linear, ImageNet", 1, Look.DASHED, published("linear")));
        return chart;
    }

    private List<Point> ours(String head) {
        List<Point> points = new ArrayList<>();
        for (Variant variant : sweep(head)) {
            find(variant)
                    .ifPresent(o -> points.add(new Point(variant.temperature(), 100 * o.linear())));
        }
        return points;
    }

    private static List<Point> published(String head) {
        return sweep(head).stream().map(v -> new Point(v.temperature(), v.published())).toList();
    }

    private static List<Variant> sweep(String head) {
        return Variant.table2().stream().filter(v -> v.head().equals(head)).toList();
    }

    private Optional<Outcome> find(Variant variant) {
        return outcomes.stream().filter(o -> o.variant().equals(variant)).findFirst();
    }

    private static String mlp(Variant variant) {
        return variant.head().equals("mlp") ? "yes" : "";
    }

    private static String aug(Variant variant) {
        return variant.augPlus() ? "yes" : "";
    }

    private static String cosine(Variant variant) {
        return variant.cosine() ? "yes" : "";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.1f", 100 * fraction);
    }
}
