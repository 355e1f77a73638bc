package io.millrace.job.probe;

import io.millrace.job.console.Table;
import io.millrace.job.probe.ProbeResult.Counts;
import io.millrace.job.probe.ProbeResult.Knn;
import io.millrace.job.probe.ProbeResult.Linear;
import io.millrace.model.evaluation.Assessment;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An evaluation for a person. */
public final class ResultTable {

    /** Classes that a terminal shows. */
    private static final int MAX_CLASSES = 100;

    private ResultTable() {}

    /** Accuracies, then a row for each class. */
    public static String render(ProbeResult result) {
        var text = new StringBuilder();
        text.append(
                format(
                        "%s: step %,d, %,d images trained on\n",
                        result.snapshot().directory(),
                        result.snapshot().step(),
                        result.snapshot().images()));
        text.append(counts("train", result.sets().train()));
        text.append(counts("test", result.sets().test()));
        if (result.snapshot().unknownHead() != null) {
            text.append(result.snapshot().unknownHead()).append('\n');
        }
        text.append('\n').append(accuracies(result)).append('\n').append(classes(result));
        return text.toString();
    }

    private static String counts(String name, Counts counts) {
        String text = format("%-5s  %,d images", name, counts.images());
        if (counts.rejections() > 0) {
            text += format(", %,d not decoded %s", counts.rejections(), counts.rejected());
        }
        if (counts.unlabelled() > 0) {
            text += format(", %,d without a label left out", counts.unlabelled());
        }
        return text + "\n";
    }

    private static String accuracies(ProbeResult result) {
        var table = new Table().row("", "top-1", "top-5");
        for (Knn knn : result.knn()) {
            String name =
                    format("kNN on %s, k %d, T %s", knn.on(), knn.k(), "" + knn.temperature());
            Assessment assessment = knn.assessment();
            table.row(name, percent(assessment.top1()), percent(assessment.top5()));
        }
        for (Linear linear : result.linear()) {
            boolean moco = linear.protocol() == ProbePlan.Protocol.MOCO;
            String name = moco ? "linear, MoCo's protocol" : "linear, standardised features";
            Assessment assessment = linear.assessment();
            table.row(
                    name,
                    assessment == null ? "diverged" : percent(assessment.top1()),
                    assessment == null ? "" : percent(assessment.top5()));
        }
        String features =
                format(
                        "features   deviation %.4f (%.4f if they spread evenly), RankMe %.1f of %d\n",
                        result.features().deviation(),
                        1 / Math.sqrt(result.features().width()),
                        result.features().rankMe(),
                        Math.min(result.features().width(), result.features().rows()));
        return table.render() + features;
    }

    private static String classes(ProbeResult result) {
        var table = new Table().row("class", "images", "kNN", "linear");
        Assessment knn = result.knnAssessment();
        Assessment linear = result.linearAssessment();
        int shown = Math.min(MAX_CLASSES, result.classes().count());
        for (int k = 0; k < shown; k++) {
            table.row(
                    result.classes().names().get(k),
                    format("%,d", knn.images(k)),
                    percent(knn.accuracy(k)),
                    percent(accuracy(linear, k)));
        }
        int more = result.classes().count() - shown;
        return table.render() + (more > 0 ? format("and %,d more classes\n", more) : "");
    }

    private static double accuracy(@Nullable Assessment assessment, int target) {
        return assessment == null ? Double.NaN : assessment.accuracy(target);
    }

    private static String percent(double fraction) {
        return Double.isNaN(fraction) ? "-" : format("%.1f %%", 100 * fraction);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
