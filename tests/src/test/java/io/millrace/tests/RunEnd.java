package io.millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must be equal at the end of a run however often it was killed.
 *
 * @param manifest what the last snapshot says, by name
 * @param reports every step's and every probe's, without what the clock says
 */
record RunEnd(Map<String, JsonNode> manifest, List<String> reports) {

    /** Fields of {@code manifest.json} that neither time nor place decides. */
    private static final List<String> FIELDS =
            List.of(
                    "step",
                    "images",
                    "rejected",
                    "completed",
                    "weights_sha256",
                    "queue_sha256",
                    "consumed");

    private static final List<String> OF_THE_CLOCK = List.of("timestamp", "images_per_second");

    static RunEnd of(Outputs outputs) throws IOException {
        JsonNode manifest = outputs.manifest();
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        FIELDS.forEach(field -> fields.put(field, manifest.path(field)));
        List<String> reports = new ArrayList<>();
        for (String kind : List.of("step", "probe")) {
            for (JsonNode report : outputs.metrics(kind)) {
                reports.add(timeless(report));
            }
        }
        return new RunEnd(fields, reports);
    }

    /** SHA-256 of all of it. */
    String sha256() throws NoSuchAlgorithmException {
        byte[] all = (manifest + "\n" + reports).getBytes(UTF_8);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all));
    }

    /** Lines that readers of committed records see must be those of the reports, each once. */
    void requireSameLines(List<String> committed) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : committed) {
            lines.add(timeless(Outputs.json(line)));
        }
        assertThat(lines).containsExactlyInAnyOrderElementsOf(reports);
    }

    private static String timeless(JsonNode report) {
        return ((ObjectNode) report).without(OF_THE_CLOCK).toString();
    }
}
