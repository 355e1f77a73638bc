package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AblateIT {

    @TempDir private Path directory;

    @BeforeEach
    void pictures() throws IOException {
        Pictures.write(directory.resolve("pictures"), 80);
    }

    @Test
    void ablate_trainsAndEvaluatesEachRow_andGoesOnWhereItStopped() throws IOException {
        Path out = directory.resolve("ablation");

        Invocation one = ablate(out, "v1");

        assertThat(one.exitCode()).as(one.err()).isZero();
        assertThat(rows(out)).extracting(row -> row.path("name").asText()).containsExactly("v1");
        assertThat(one.out())
                .contains("| v2 | yes | yes | yes | 0.20 | not run | not run | 67.5 |");
        FileTime evaluated = Files.getLastModifiedTime(out.resolve("v1/probe.json"));

        Invocation two = ablate(out, "v1,v2");

        assertThat(two.exitCode()).as(two.err()).isZero();
        assertThat(Files.getLastModifiedTime(out.resolve("v1/probe.json"))).isEqualTo(evaluated);
        List<JsonNode> rows = rows(out);
        assertThat(rows).extracting(row -> row.path("name").asText()).containsExactly("v1", "v2");
        assertThat(rows)
                .allSatisfy(
                        row -> {
                            assertThat(row.path("steps").asLong()).isEqualTo(2);
                            assertThat(row.path("knn_accuracy").asDouble(-1)).isBetween(0.0, 1.0);
                            assertThat(row.path("linear_accuracy").asDouble(-1))
                                    .isBetween(0.0, 1.0);
                        });
        assertThat(rows.get(0).path("weights_sha256"))
                .isNotEqualTo(rows.get(1).path("weights_sha256"));
        assertThat(out.resolve("ablation.png")).isNotEmptyFile();
        assertThat(out.resolve("ablation.md")).content().contains("| v1 |", "| 67.5 |");
    }

    @Test
    void ablate_namesTheRows_whenOneIsUnknown() {
        Invocation wrong = ablate(directory.resolve("ablation"), "v4");

        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("--only v4: expected names of v1, v1-mlp");
    }

    private Invocation ablate(Path out, String only) {
        String pictures = directory.resolve("pictures").toString();
        List<String> words = new ArrayList<>(List.of("ablate", "--source", pictures));
        words.addAll(List.of("--test", pictures, "--epochs", "1", "--out", out.toString()));
        words.addAll(List.of("--only", only));
        words.addAll(Invocation.SMALL);
        return Invocation.of(words);
    }

    private static List<JsonNode> rows(Path out) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(out.resolve("ablation.jsonl"))) {
            rows.add(new ObjectMapper().readTree(line));
        }
        return rows;
    }
}
