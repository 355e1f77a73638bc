package io.millrace.model.image;

import static org.assertj.core.api.Assertions.assertThat;

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
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** FILE.csv of FILE.tar. */
    static Path table(Path archive) {
        String name = String.valueOf(archive.getFileName());
        return archive.resolveSibling(name.replaceAll("\\.tar$", "") + ".csv");
    }

    /** Of a table with the columns file, pillow (or outcome), and perhaps sha256. */
    static Map<String, Outcome> of(Path table) throws IOException {
        assertThat(table).as("the table beside the archive").isRegularFile();
        String csv = Files.readString(table);
        List<String> columns = rows(csv).get(0);
        boolean known = columns.contains("pillow") || columns.contains("outcome");
        assertThat(columns.contains("file") && known)
                .as("%s: expected the columns file and pillow (or outcome), got %s", table, columns)
                .isTrue();
        return parse(csv);
    }

    private static Map<String, Outcome> parse(String csv) {
        List<List<String>> rows = rows(csv);
        List<String> columns = rows.get(0);
        int file = columns.indexOf("file");
        int outcome = Math.max(columns.indexOf("pillow"), columns.indexOf("outcome"));
        int hash = columns.indexOf("sha256");
        Map<String, Outcome> outcomes = new HashMap<>();
        for (List<String> cells : rows.subList(1, rows.size())) {
            String sha256 = hash < 0 ? UNKNOWN : cells.get(hash);
            outcomes.put(cells.get(file), new Outcome(cells.get(outcome), sha256));
        }
        return outcomes;
    }

    /** RFC 4180: quoted cells may hold commas, line breaks and doubled quotes. */
    private static List<List<String>> rows(String csv) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        boolean closed = false;
        for (char c : (csv.stripTrailing() + "\n").replace("\r\n", "\n").toCharArray()) {
            if (c == '"') {
                if (closed && !quoted) {
                    cell.append(c); // the second of two
                }
                quoted = !quoted;
                closed = !quoted;
                continue;
            }
            closed = false;
            if (quoted || (c != ',' && c != '\n')) {
                cell.append(c);
            } else {
                row.add(cell.toString());
                cell.setLength(0);
                if (c == '\n') {
                    rows.add(row);
                    row = new ArrayList<>();
                }
            }
        }
        return rows;
    }
}
