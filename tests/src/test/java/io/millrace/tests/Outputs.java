package io.millrace.tests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a run has left in its output directory.
 *
 * @param root the directory
 */
record Outputs(Path root) {

    private static final ObjectMapper JSON = new ObjectMapper();

    JsonNode summary() throws IOException {
        return JSON.readTree(root.resolve("summary.json").toFile());
    }

    /** The lines of {@code metrics.jsonl} of a kind, in the file's order. */
    List<JsonNode> metrics(String kind) throws IOException {
        List<JsonNode> reports = new ArrayList<>();
        for (String line : Files.readAllLines(root.resolve("metrics.jsonl"))) {
            JsonNode report = json(line);
            if (report.path("kind").asText().equals(kind)) {
                reports.add(report);
            }
        }
        return reports;
    }

    Path latest() {
        return root.resolve("snapshots").resolve("default").resolve("latest");
    }

    /** The manifest of the latest snapshot. */
    JsonNode manifest() throws IOException {
        return JSON.readTree(latest().resolve("manifest.json").toFile());
    }

    /** SHA-256 of the latest snapshot's weights, lower-case hexadecimal. */
    String weightsSha256() throws IOException, NoSuchAlgorithmException {
        return sha256(latest().resolve("model.safetensors"));
    }

    /** SHA-256 of a file, lower-case hexadecimal. */
    static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
        byte[] content = Files.readAllBytes(file);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    static JsonNode json(String line) throws IOException {
        return JSON.readTree(line);
    }
}
