package io.millrace.model.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Pillow makes of the files of an archive. */
final class PillowOutcomes {

    private static final String UNKNOWN = "";

    /**
     * One file's.
     *
     * @param outcome ok, open-error or load-error
     * @param sha256 of the RGB pixels, or how it begins; empty where it isn't known
     */
    record Outcome(String outcome, String sha256) {

        boolean isOk() {
            return outcome.equals("ok");
        }
    }

    private PillowOutcomes() {}

    /** Pillow 12.3.0's of one of the shared archives, written by pillow_pixels.py. */
    static Map<String, Outcome> ofShared(String archive) throws IOException {
        try (var in = PillowOutcomes.class.getResourceAsStream(archive + ".csv")) {
            if (in == null) {
                throw new IllegalArgumentException("no outcomes of " + archive);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        }
    }

    /** Of a table with the columns file, pillow (or outcome), and perhaps sha256. */
    static Map<String, Outcome> of(Path csv) throws IOException {
        return parse(Files.readAllLines(csv));
    }

    private static Map<String, Outcome> parse(List<String> lines) {
        List<String> columns = cells(lines.get(0));
        int outcome = Math.max(columns.indexOf("pillow"), columns.indexOf("outcome"));
        int hash = columns.indexOf("sha256");
        Map<String, Outcome> outcomes = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> cells = cells(line);
            String sha256 = hash < 0 ? UNKNOWN : cells.get(hash);
            outcomes.put(cells.get(0), new Outcome(cells.get(outcome), sha256));
        }
        return outcomes;
    }

    /** A line's cells; quoted ones may hold commas and doubled quotes. */
    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
