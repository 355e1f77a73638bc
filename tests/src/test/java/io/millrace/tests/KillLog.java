package io.millrace.tests;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The runs of a bench and the kills in them: {@code runs.jsonl}, and {@code kills.md}, the table of
 * it. Runs that were broken off are not in it and leave nothing but their folders.
 */
final class KillLog {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A run that came to its end, or did not come back after a kill.
     *
     * @param recoveries from each kill to the next step, milliseconds
     * @param equal whether it ended like the undisturbed one
     */
    record Run(String name, String victim, int kills, List<Long> recoveries, boolean equal) {}

    private final Path directory;
    private final List<Run> runs = new ArrayList<>();

    KillLog(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        if (Files.exists(file())) {
            for (String line : Files.readAllLines(file())) {
                runs.add(JSON.readValue(line, Run.class));
            }
        }
    }

    int runs() {
        return runs.size();
    }

    /** Runs that ended otherwise than the undisturbed one, in this process or an earlier one. */
    List<Run> unequal() {
        return runs.stream().filter(run -> !run.equal()).toList();
    }

    int kills(String victim) {
        return runs.stream().filter(run -> run.victim().equals(victim)).mapToInt(Run::kills).sum();
    }

    void add(Run run) throws IOException {
        runs.add(run);
        Files.writeString(
                file(),
                JSON.writeValueAsString(run) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** What an undisturbed run came to, if that has been found out. */
    String reference(String key) throws IOException {
        return references().path(key).asText();
    }

    void keepReference(String key, String digest) throws IOException {
        ObjectNode all = references();
        all.put(key, digest);
        JSON.writerWithDefaultPrettyPrinter().writeValue(referenceFile().toFile(), all);
    }

    /**
     * Writes the table.
     *
     * @param underWay what is not in it yet
     */
    void writeTable(String underWay) {
        Map<String, List<Run>> byVictim = new LinkedHashMap<>();
        for (Run run : runs) {
            byVictim.computeIfAbsent(run.victim(), victim -> new ArrayList<>()).add(run);
        }
        StringBuilder table = new StringBuilder();
        table.append("| killed with SIGKILL | kills | recovered | runs | next step after: median |")
                .append(" longest | ended with the undisturbed run's bits |\n")
                .append("| --- | --- | --- | --- | --- | --- | --- |\n");
        byVictim.forEach((victim, of) -> table.append(row(victim, of)));
        if (byVictim.size() > 1) {
            table.append(row("all", runs));
        }
        if (!underWay.isEmpty()) {
            table.append("\nNot counted yet: ").append(underWay).append('\n');
        }
        try {
            Files.writeString(directory.resolve("kills.md"), table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String row(String victim, List<Run> of) {
        List<Long> sorted = of.stream().flatMap(run -> run.recoveries().stream()).sorted().toList();
        long equal = of.stream().filter(Run::equal).count();
        int kills = of.stream().mapToInt(Run::kills).sum();
        int recovered = sorted.size();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %s | %s | %d of %d |%n",
                victim,
                kills,
                recovered,
                of.size(),
                recovered == 0 ? "" : seconds(sorted.get(recovered / 2)),
                recovered == 0 ? "" : seconds(sorted.get(recovered - 1)),
                equal,
                of.size());
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", Duration.ofMillis(millis).toMillis() / 1000.0);
    }

    private ObjectNode references() throws IOException {
        return Files.exists(referenceFile())
                ? (ObjectNode) JSON.readTree(referenceFile().toFile())
                : JSON.createObjectNode();
    }

    private Path referenceFile() {
        return directory.resolve("undisturbed.json");
    }

    private Path file() {
        return directory.resolve("runs.jsonl");
    }
}
