package io.millrace.model.moco;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import java.util.List;

/** Holds the head of a file's query encoder against the settings'. */
final class HeadCheck {

    private final FileNetwork network;
    private final int features;

    /**
     * @param architecture of the file
     */
    HeadCheck(FileNetwork network, Architecture architecture) {
        this.network = network;
        features = architecture.features();
    }

    /**
     * Adds a problem for each setting that is another.
     *
     * @return the head that the file's tensors are to be compared with: without a predictor where
     *     the file has none
     */
    Head check(Head settings, List<String> problems) {
        Head found = network.head(features).orElse(settings);
        String last = FitCheck.QUERY + found.kind().lastWeight();
        if (found.kind() != settings.kind()) {
            add(problems, last, "head.kind", settings.kind().label(), found.kind().label());
        }
        if (found.kind() != Head.Kind.LINEAR && units(found) != units(settings)) {
            add(
                    problems,
                    FitCheck.QUERY + "fc.0.weight",
                    "head.hidden",
                    units(settings),
                    units(found));
        }
        if (found.dimension() != settings.dimension()) {
            add(problems, last, "head.dimension", settings.dimension(), found.dimension());
        }
        if (found.hasPredictor() && found.predictor() != settings.predictor()) {
            String tensor = FitCheck.QUERY + "predictor.0.weight";
            add(problems, tensor, "head.predictor", settings.predictor(), found.predictor());
        }
        return found;
    }

    private int units(Head head) {
        return head.hidden() == 0 ? features : head.hidden();
    }

    private static void add(
            List<String> problems, String where, String setting, Object asked, Object found) {
        problems.add(
                "%s: expected %s %s, got %s; set %s: %s"
                        .formatted(where, setting, asked, found, setting, found));
    }
}
