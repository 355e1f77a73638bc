package io.millrace.job.ablation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One run of an ablation.
 *
 * @param name of its directory
 * @param head the setting {@code head.kind}
 * @param temperature T
 * @param augPlus whether views are MoCo v2's, not v1's
 * @param cosine whether the rate follows a cosine, not steps
 * @param published linear accuracy of the paper's ResNet-50 on ImageNet after 200 epochs, % top-1
 */
public record Variant(
        String name,
        String head,
        double temperature,
        boolean augPlus,
        boolean cosine,
        double published) {

    private static final List<Double> TEMPERATURES = List.of(0.07, 0.1, 0.2, 0.3, 0.4, 0.5);
    private static final List<Double> LINEAR = List.of(60.6, 60.7, 59.0, 58.2, 57.2, 56.4);
    private static final List<Double> MLP = List.of(62.9, 64.9, 66.2, 65.7, 65.0, 64.3);

    public Variant {
        requireNonNull(name, "name");
        requireNonNull(head, "head");
    }

    /** The rows of table 1 of MoCo v2, arXiv:2003.04297, that have 200 epochs. */
    public static List<Variant> table1() {
        return List.of(
                new Variant("v1", "linear", 0.07, false, false, 60.6),
                new Variant("v1-mlp", "mlp", 0.2, false, false, 66.2),
                new Variant("v1-aug", "linear", 0.07, true, false, 63.4),
                new Variant("v1-mlp-aug", "mlp", 0.2, true, false, 67.3),
                new Variant("v2", "mlp", 0.2, true, true, 67.5));
    }

    /** Table 2: temperatures with and without the MLP head; those of table 1 keep their names. */
    public static List<Variant> table2() {
        List<Variant> variants = new ArrayList<>();
        for (int i = 0; i < TEMPERATURES.size(); i++) {
            variants.add(sweep("linear", TEMPERATURES.get(i), LINEAR.get(i)));
        }
        for (int i = 0; i < TEMPERATURES.size(); i++) {
            variants.add(sweep("mlp", TEMPERATURES.get(i), MLP.get(i)));
        }
        return variants;
    }

    private static Variant sweep(String head, double temperature, double published) {
        for (Variant row : table1()) {
            if (row.head.equals(head) && row.temperature == temperature && !row.augPlus) {
                return row;
            }
        }
        String name = String.format(Locale.ROOT, "%s-t%.2f", head, temperature);
        return new Variant(name, head, temperature, false, false, published);
    }

    /**
     * What it sets; the rest is the preset's.
     *
     * @param side of a view, with which the blur's sigma shrinks
     */
    public Map<String, String> settings(int side) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("head.kind", head);
        settings.put("contrast.temperature", Double.toString(temperature));
        settings.put("schedule.kind", cosine ? "cosine" : "step");
        settings.put("views.order", augPlus ? "jitter-then-grayscale" : "grayscale-then-jitter");
        settings.put("views.jitter.probability", augPlus ? "0.8" : "1.0");
        settings.put("views.jitter.hue", augPlus ? "0.1" : "0.4");
        settings.put("views.blur.probability", augPlus ? "0.5" : "0.0");
        double scale = side / 224.0;
        settings.put("views.blur.sigma-min", String.format(Locale.ROOT, "%.3f", 0.1 * scale));
        settings.put("views.blur.sigma-max", String.format(Locale.ROOT, "%.3f", 2.0 * scale));
        return settings;
    }
}
