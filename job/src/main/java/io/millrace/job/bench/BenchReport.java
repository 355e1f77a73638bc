package io.millrace.job.bench;

import io.millrace.job.console.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
    private final Map<String, List<Double>> windows = new LinkedHashMap<>();
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
        add(name, new WindowedRate(imagesPerSecond, List.of(imagesPerSecond)));
    }

    /** Adds a measurement whose stretches are known. */
    void add(String name, WindowedRate rate) {
        rates.computeIfAbsent(name, n -> new ArrayList<>()).add(rate.whole());
        windows.computeIfAbsent(name, n -> new ArrayList<>()).addAll(rate.windows());
    }

    /**
     * Median and range of every rate, and what the fastest quarter of all stretches of images
     * reached at least: what the machine does while it is left alone. Then every ratio: that of the
     * medians, that of the fast quarters, and what single rounds gave, which a machine that slows
     * down for several rounds disturbs less.
     */
    public String render() {
        var table = new Table().row("images/s", "median", "lowest", "highest", "fast quarter");
        rates.forEach(
                (name, values) -> {
                    double[] sorted = sorted(values);
                    table.row(
                            name,
                            whole(median(sorted)),
                            whole(sorted[0]),
                            whole(sorted[sorted.length - 1]),
                            whole(fast(windows.getOrDefault(name, List.of()))));
                });
        var ratios =
                new Table()
                        .row(
                                "ratio",
                                "of medians",
                                "of fast quarters",
                                "rounds' median",
                                "lowest",
                                "highest");
        this.ratios()
                .forEach(
                        (name, ratio) -> {
                            double[] sorted = sorted(ratio.rounds());
                            ratios.row(
                                    name,
                                    two(ratio.ofMedians()),
                                    two(ratio.ofFast()),
                                    two(median(sorted)),
                                    two(sorted[0]),
                                    two(sorted[sorted.length - 1]));
                        });
        return table.render() + "\n" + ratios.render();
    }

    /** Everything, for a program. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("images_per_second", rates);
        json.put("images_per_second_by_window", windows);
        Map<String, Object> ofMedians = new LinkedHashMap<>();
        Map<String, Object> ofFast = new LinkedHashMap<>();
        Map<String, Object> rounds = new LinkedHashMap<>();
        ratios().forEach(
                        (name, ratio) -> {
                            ofMedians.put(name, ratio.ofMedians());
                            ofFast.put(name, ratio.ofFast());
                            rounds.put(name, ratio.rounds());
                        });
        json.put("ratios", ofMedians);
        json.put("ratios_of_fast_quarters", ofFast);
        json.put("ratios_by_round", rounds);
        return json;
    }

    /** A ratio of two rates: of their medians, of their fast quarters, and in each round. */
    record Ratio(double ofMedians, double ofFast, List<Double> rounds) {

        Ratio {
            rounds = List.copyOf(rounds);
        }
    }

    /** What was measured under one name. */
    private record Rates(List<Double> rounds, double median, double fast) {}

    /** Ratios of what was measured. */
    Map<String, Ratio> ratios() {
        Map<String, Ratio> ratios = new LinkedHashMap<>();
        put(ratios, "step / peer step", of(STEP), of(PEER_STEP));
        put(ratios, "job / step", of(JOB), of(STEP));
        put(
                ratios,
                "job / slower of step and augmentation",
                of(JOB),
                slower(of(STEP), of(AUGMENT)));
        put(ratios, "job / peer loop", of(JOB), of(PEER_LOOP));
        put(ratios, "thread a core / one", of(THREADS), of(ONE_THREAD));
        put(ratios, "subtask a core / one", of(SUBTASKS), of(ONE_SUBTASK));
        put(ratios, "job / DataLoader", of(JOB), of(LOADER));
        put(ratios, "job / DataLoader and PyTorch's step", of(JOB), of(LOADER_LOOP));
        return ratios;
    }

    /** What bounds the job: the step, or augmentation on the cores that the step leaves. */
    private Rates slower(Rates step, Rates augment) {
        int free = Math.max(1, cores - 1);
        List<Double> slower = new ArrayList<>();
        for (int i = 0; i < Math.min(step.rounds().size(), augment.rounds().size()); i++) {
            slower.add(Math.min(step.rounds().get(i), augment.rounds().get(i) * free));
        }
        return new Rates(
                slower,
                Math.min(step.median(), augment.median() * free),
                Math.min(step.fast(), augment.fast() * free));
    }

    private static void put(Map<String, Ratio> ratios, String name, Rates of, Rates to) {
        List<Double> rounds = new ArrayList<>();
        for (int i = 0; i < Math.min(of.rounds().size(), to.rounds().size()); i++) {
            rounds.add(of.rounds().get(i) / to.rounds().get(i));
        }
        if (!rounds.isEmpty()) {
            ratios.put(name, new Ratio(of.median() / to.median(), of.fast() / to.fast(), rounds));
        }
    }

    private Rates of(String name) {
        List<Double> rounds = rates.getOrDefault(name, List.of());
        return rounds.isEmpty()
                ? new Rates(rounds, 0, 0)
                : new Rates(
                        rounds,
                        median(sorted(rounds)),
                        fast(windows.getOrDefault(name, List.of())));
    }

    /** What the fastest quarter of the stretches reached, at least one of them. */
    private static double fast(List<Double> windows) {
        double[] sorted = sorted(windows);
        return sorted[sorted.length - Math.max(1, sorted.length / 4)];
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
