package io.millrace.job.bench;

import io.millrace.job.console.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rates by name, several of each, and the ratios that matter. */
public final class BenchReport {

    /** The bare training step. */
    public static final String STEP = "step";

    /** Decoding and two views on one core. */
    public static final String AUGMENT = "augment per core";

    /** The whole job. */
    public static final String JOB = "job";

    /** The peer's bare training step. */
    public static final String PEER_STEP = "peer step";

    /** The peer's whole loop. */
    public static final String PEER_LOOP = "peer loop";

    /** Decoding and two views in one thread, without a job. */
    public static final String ONE_THREAD = "decoding and views, one thread";

    /** The same in a thread for each core, which share nothing. */
    public static final String THREADS = "decoding and views, a thread a core";

    /** Replay, sequence and augmentation, in one subtask. */
    public static final String ONE_SUBTASK = "augmentation, one subtask";

    /** The same with a subtask for each core. */
    public static final String SUBTASKS = "augmentation, a subtask a core";

    /** A PyTorch DataLoader with a worker for each core, which feeds nothing. */
    public static final String LOADER = "DataLoader";

    /** The same DataLoader, which feeds a training step of the same encoder in PyTorch. */
    public static final String LOADER_LOOP = "DataLoader and PyTorch's step";

    private final Map<String, List<Double>> rates = new LinkedHashMap<>();
    private final int cores;

    /**
     * An empty report.
     *
     * @param cores of the machine
     */
    public BenchReport(int cores) {
        this.cores = cores;
    }

    /** Adds a measurement, images/s. */
    public void add(String name, double imagesPerSecond) {
        rates.computeIfAbsent(name, n -> new ArrayList<>()).add(imagesPerSecond);
    }

    /** Median and range of every rate, then the ratios of medians. */
    public String render() {
        var table = new Table().row("images/s", "median", "lowest", "highest");
        rates.forEach(
                (name, values) -> {
                    double[] sorted = sorted(values);
                    table.row(
                            name,
                            whole(median(sorted)),
                            whole(sorted[0]),
                            whole(sorted[sorted.length - 1]));
                });
        var ratios = new Table().row("ratio of medians", "");
        this.ratios().forEach((name, ratio) -> ratios.row(name, two(ratio)));
        return table.render() + "\n" + ratios.render();
    }

    /** Everything, for a program. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("images_per_second", rates);
        json.put("ratios", ratios());
        return json;
    }

    /** Ratios of medians, of what was measured. */
    Map<String, Double> ratios() {
        Map<String, Double> ratios = new LinkedHashMap<>();
        put(ratios, "step / peer step", median(STEP), median(PEER_STEP));
        put(ratios, "job / step", median(JOB), median(STEP));
        put(ratios, "job / slower of step and augmentation", median(JOB), slower());
        put(ratios, "job / peer loop", median(JOB), median(PEER_LOOP));
        put(ratios, "thread a core / one", median(THREADS), median(ONE_THREAD));
        put(ratios, "subtask a core / one", median(SUBTASKS), median(ONE_SUBTASK));
        put(ratios, "subtask a core / DataLoader", median(SUBTASKS), median(LOADER));
        put(ratios, "job / DataLoader", median(JOB), median(LOADER));
        put(ratios, "job / DataLoader and PyTorch's step", median(JOB), median(LOADER_LOOP));
        return ratios;
    }

    /** What bounds the job: the step, or augmentation on the cores that the step leaves. */
    private @Nullable Double slower() {
        Double step = median(STEP);
        Double augment = median(AUGMENT);
        return step == null || augment == null
                ? null
                : Double.valueOf(Math.min(step, augment * Math.max(1, cores - 1)));
    }

    private static void put(
            Map<String, Double> ratios, String name, @Nullable Double of, @Nullable Double to) {
        if (of != null && to != null) {
            ratios.put(name, of / to);
        }
    }

    private @Nullable Double median(String name) {
        List<Double> values = rates.get(name);
        return values == null ? null : median(sorted(values));
    }

    private static double[] sorted(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String two(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
