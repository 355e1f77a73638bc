package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.snapshot.Python;
import io.millrace.model.stream.Position;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is drawn against what torchvision's own transforms draw, recorded by torchvision_draws.py: a
 * two-sample Kolmogorov-Smirnov test of each number, and how often each thing happens. Both sides'
 * seeds are fixed, so an outcome is final; limits are those of one false alarm in 10,000 tests.
 */
@Tag("parity")
class ViewDistributionTest {

    private static final int DRAWS = 5000;

    /** sqrt(-ln(alpha / 2) / 2) with alpha = 1e-4, of the two-sample test. */
    private static final double KOLMOGOROV = 2.23;

    /** Four standard deviations of the difference of two shares near one half. */
    private static final double SHARE = 4 * Math.sqrt(0.5 / DRAWS);

    private static final List<String> COLUMNS =
            List.of(
                    "top",
                    "left",
                    "height",
                    "width",
                    "order",
                    "b",
                    "c",
                    "s",
                    "h",
                    "gray",
                    "sigma",
                    "solarize",
                    "flip");

    @ParameterizedTest
    @CsvSource({
        "mocoV1, 0, 500, 375",
        "mocoV2, 0, 500, 375",
        "mocoV2, 1, 90, 400",
        "cifarDemo, 0, 32, 32",
        "simclr, 1, 640, 480",
        "mocoV3, 0, 400, 533",
        "mocoV3, 1, 400, 533"
    })
    void draw_isDistributedAsTorchvisions(String recipe, int view, int width, int height)
            throws Exception {
        String printed =
                Python.run(
                        "torchvision_models, PIL",
                        "torchvision_draws.py",
                        recipe,
                        view,
                        DRAWS,
                        width,
                        height);
        List<Map<String, String>> theirs = printed.lines().map(ViewDistributionTest::row).toList();
        List<Map<String, String>> ours = ours(recipe(recipe), view, width, height);

        assertThat(theirs).hasSize(DRAWS);
        assertSameDistribution(theirs, ours, "area", r -> number(r, "width") * number(r, "height"));
        assertSameDistribution(
                theirs, ours, "ratio", r -> number(r, "width") / number(r, "height"));
        for (String column : List.of("top", "left", "height", "width")) {
            assertSameDistribution(theirs, ours, column, r -> number(r, column));
        }
        for (String column : List.of("b", "c", "s", "h", "sigma")) {
            assertSameDistribution(
                    happened(theirs, column),
                    happened(ours, column),
                    column,
                    r -> number(r, column));
        }
        for (String column : List.of("b", "gray", "sigma", "solarize", "flip")) {
            double share = happened(theirs, column).size() / (double) DRAWS;
            assertThat(happened(ours, column).size() / (double) DRAWS)
                    .as(column)
                    .isCloseTo(share, within(SHARE));
        }
        assertSameShares(theirs, ours);
    }

    /** The order of the jitter's operations: 24 of them, or fewer where one is never drawn. */
    private static void assertSameShares(
            List<Map<String, String>> theirs, List<Map<String, String>> ours) {
        Map<String, Long> expected = orders(theirs);
        Map<String, Long> actual = orders(ours);
        Set<String> all = new HashSet<>(expected.keySet());
        all.addAll(actual.keySet());
        double chi = 0;
        for (String order : all) {
            double a = expected.getOrDefault(order, 0L);
            double b = actual.getOrDefault(order, 0L);
            chi += (a - b) * (a - b) / (a + b);
        }
        // Wilson and Hilferty's approximation of the quantile at 1 - 1e-4 (3.72 deviations).
        double n = all.size() - 1;
        double limit = n * Math.pow(1 - 2 / (9 * n) + 3.72 * Math.sqrt(2 / (9 * n)), 3);
        assertThat(chi).as("orders %s", all).isLessThan(limit);
    }

    private static Map<String, Long> orders(List<Map<String, String>> rows) {
        return rows.stream()
                .collect(Collectors.groupingBy(r -> cell(r, "order"), Collectors.counting()));
    }

    private static void assertSameDistribution(
            List<Map<String, String>> theirs,
            List<Map<String, String>> ours,
            String what,
            ToDoubleFunction<Map<String, String>> value) {
        if (theirs.isEmpty()) {
            assertThat(ours).as(what).isEmpty();
            return;
        }
        double[] a = theirs.stream().mapToDouble(value).sorted().toArray();
        double[] b = ours.stream().mapToDouble(value).sorted().toArray();
        double distance = 0;
        int j = 0;
        for (int i = 0; i < a.length; i++) {
            if (i + 1 < a.length && a[i + 1] == a[i]) {
                continue; // only where the distribution function has taken its whole step
            }
            while (j < b.length && b[j] <= a[i]) {
                j++;
            }
            double step = (i + 1.0) / a.length - (double) j / b.length;
            distance = Math.max(distance, Math.abs(step));
        }
        double limit = KOLMOGOROV * Math.sqrt(1.0 / a.length + 1.0 / b.length);
        assertThat(distance).as("%s: %s and %s", what, middle(a), middle(b)).isLessThan(limit);
    }

    private static String middle(double[] sorted) {
        return Arrays.stream(new int[] {1, 2, 3})
                .mapToObj(q -> String.format(Locale.ROOT, "%.3f", sorted[q * sorted.length / 4]))
                .collect(Collectors.joining(", "));
    }

    private static List<Map<String, String>> ours(Recipe recipe, int view, int width, int height) {
        Augmenter augmenter = new Augmenter(recipe, 4);
        List<Map<String, String>> rows = new ArrayList<>();
        for (int i = 0; i < DRAWS; i++) {
            ViewParameters drawn =
                    augmenter.parameters(new Position("t", 0, i, 0), view, width, height);
            Box box = drawn.crop();
            Map<String, String> row = new HashMap<>();
            row.put("top", "" + box.top());
            row.put("left", "" + box.left());
            row.put("height", "" + box.height());
            row.put("width", "" + box.width());
            StringBuilder order = new StringBuilder();
            for (Adjustment adjustment : drawn.jitter()) {
                String letter =
                        adjustment.operation().name().substring(0, 1).toLowerCase(Locale.ROOT);
                order.append(letter);
                row.put(letter, "" + adjustment.factor());
            }
            row.put("order", order.isEmpty() ? "-" : order.toString());
            row.put("gray", drawn.grayscale() ? "1" : "-");
            row.put("sigma", drawn.sigma() > 0 ? "" + drawn.sigma() : "-");
            row.put("solarize", drawn.solarize() ? "1" : "-");
            row.put("flip", drawn.flip() ? "1" : "-");
            rows.add(row);
        }
        return rows;
    }

    private static Recipe recipe(String name) {
        return switch (name) {
            case "mocoV1" -> Recipes.mocoV1(224);
            case "mocoV2" -> Recipes.mocoV2(224);
            case "cifarDemo" -> Recipes.cifarDemo();
            case "simclr" -> Recipes.simclr(224, 1);
            default -> Recipes.mocoV3(224);
        };
    }

    private static List<Map<String, String>> happened(
            List<Map<String, String>> rows, String column) {
        return rows.stream().filter(r -> !cell(r, column).equals("-")).toList();
    }

    private static Map<String, String> row(String line) {
        Map<String, String> row = new HashMap<>();
        String[] cells = line.split(" ", -1);
        for (int i = 0; i < cells.length; i++) {
            row.put(COLUMNS.get(i), cells[i]);
        }
        return row;
    }

    private static double number(Map<String, String> row, String column) {
        return Double.parseDouble(cell(row, column));
    }

    private static String cell(Map<String, String> row, String column) {
        return row.getOrDefault(column, "-");
    }
}
