package io.millrace.job.command;

import io.millrace.job.console.Table;
import io.millrace.job.run.RunSummary;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The end of a run, for a person. */
final class SummaryTable {

    private SummaryTable() {}

    /** What was trained, how good it is, and how to load it. */
    static String render(RunSummary summary, Path out) {
        StringBuilder text = new StringBuilder(table(summary));
        Optional<String> snapshot = summary.text("snapshot");
        if (snapshot.isEmpty()) {
            return text.append("\nNothing was published: the run ended before its first step.\n")
                    .toString();
        }
        Path latest = out.resolve(snapshot.get()).resolveSibling("latest");
        return text.append("\nLoad the encoder in Python (torch, torchvision, safetensors):\n\n  ")
                .append("import sys; sys.path.insert(0, \"")
                .append(latest)
                .append("\"); from encoder import load; encoder = load()\n")
                .toString();
    }

    private static String table(RunSummary summary) {
        var table = new Table();
        Optional<Double> random = summary.number("random_probe_accuracy");
        Optional<Double> trained = summary.number("probe_accuracy");
        if (trained.isPresent() && random.isPresent()) {
            boolean hasParent = summary.text("parent_sha256").isPresent();
            String before = hasParent ? "encoder at the start" : "random encoder";
            table.row("", before, "trained encoder");
            table.row("probe accuracy", percent(random.get()), percent(trained.get()));
            Optional<Double> randomKnn = summary.number("random_knn_accuracy");
            Optional<Double> knn = summary.number("knn_accuracy");
            if (knn.isPresent() && randomKnn.isPresent()) {
                table.row("kNN accuracy", percent(randomKnn.get()), percent(knn.get()));
            }
            return table.render() + "\n" + counts(summary, new Table()).render();
        }
        trained.ifPresent(accuracy -> table.row("probe accuracy", percent(accuracy)));
        summary.number("knn_accuracy").ifPresent(a -> table.row("kNN accuracy", percent(a)));
        return counts(summary, table).render();
    }

    private static Table counts(RunSummary summary, Table table) {
        number(summary, table, "images", "images", "%,.0f");
        number(summary, table, "steps", "steps", "%,.0f");
        number(summary, table, "loss", "loss (InfoNCE, nats)", "%.3f");
        summary.number("contrast_accuracy")
                .ifPresent(a -> table.row("(1+K)-way accuracy", percent(a)));
        number(summary, table, "images_per_second", "images/s", "%,.0f");
        number(summary, table, "dead_letters", "dead letters", "%,.0f");
        return table;
    }

    private static void number(
            RunSummary summary, Table table, String key, String title, String format) {
        summary.number(key)
                .ifPresent(value -> table.row(title, String.format(Locale.ROOT, format, value)));
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }
}
