package io.millrace.job.console;

import java.util.ArrayList;
import java.util.List;

/** Rows of two or more columns, aligned: the first to the left, the others to the right. */
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    /** Adds a row; every row has as many cells as the first. */
    public Table row(String... cells) {
        if (!rows.isEmpty() && rows.get(0).size() != cells.length) {
            throw new IllegalArgumentException(
                    "expected " + rows.get(0).size() + " cells, got " + List.of(cells));
        }
        rows.add(List.of(cells));
        return this;
    }

    /** All rows, two spaces between columns, each line ended. */
    public String render() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String space = " ".repeat(width(column) - row.get(column).length());
                line.append(column == 0 ? "" : "  ");
                line.append(column == 0 ? row.get(column) + space : space + row.get(column));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
