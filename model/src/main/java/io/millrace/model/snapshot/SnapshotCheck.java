package io.millrace.model.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether a snapshot is what its manifest says: every file by its SHA-256, the tensors by the
 * architecture, and the manifest's numbers among themselves. That the weights come from the records
 * and settings named there only training again can show.
 */
public final class SnapshotCheck {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String WEIGHTS = "model.safetensors";
    private static final String STEP_NAME = "step-\\d{10,18}";

    private final Path directory;
    private final JsonNode manifest;
    private final List<String> problems = new ArrayList<>();

    private SnapshotCheck(Path directory, JsonNode manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /**
     * What is wrong, a line each; nothing if all is well.
     *
     * @param directory of one snapshot
     */
    public static List<String> problems(Path directory) throws IOException {
        Path file = directory.resolve(SnapshotManifest.FILE);
        if (!Files.isRegularFile(file)) {
            return List.of(file + " is missing");
        }
        JsonNode manifest;
        try {
            manifest = JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            return List.of(file + " is not JSON: " + e.getOriginalMessage());
        }
        var check = new SnapshotCheck(directory, manifest);
        if (manifest.path("format_version").asInt() != SnapshotManifest.FORMAT_VERSION) {
            return List.of(
                    "%s: expected format_version %d, which this version reads, got %s"
                            .formatted(
                                    file,
                                    SnapshotManifest.FORMAT_VERSION,
                                    manifest.path("format_version")));
        }
        check.files();
        check.numbers();
        return List.copyOf(check.problems);
    }

    private void files() throws IOException {
        requireWhole(WEIGHTS, SnapshotManifest.WEIGHTS_SHA256);
        boolean hasHead = Files.exists(directory.resolve(PublishedEncoder.HEAD_FILE));
        if (hasHead || manifest.has(SnapshotManifest.HEAD_SHA256)) {
            requireWhole(PublishedEncoder.HEAD_FILE, SnapshotManifest.HEAD_SHA256);
        }
        requireWhole("config.json", SnapshotManifest.CONFIG_SHA256);
        requireWhole("encoder.py", SnapshotManifest.LOADER_SHA256);
        boolean hasRange = Files.exists(directory.resolve(SnapshotManifest.RANGE_FILE));
        if (hasRange || manifest.has(SnapshotManifest.RANGE_SHA256)) {
            if (requireWhole(SnapshotManifest.RANGE_FILE, SnapshotManifest.RANGE_SHA256)) {
                problems.addAll(RangeCheck.problems(directory, manifest));
            }
        }
        if (problems.isEmpty()) {
            tensors();
        }
    }

    /** Whether a file is there with the bytes that the manifest was written for. */
    private boolean requireWhole(String name, String field) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            problems.add(file + " is missing");
            return false;
        }
        String got = SnapshotManifest.sha256(Files.readAllBytes(file));
        String expected = manifest.path(field).asText();
        if (!got.equals(expected)) {
            problems.add(
                    "%s: expected SHA-256 %s, the manifest's %s, got %s"
                            .formatted(file, expected.isEmpty() ? "none" : expected, field, got));
        }
        return got.equals(expected);
    }

    /** The backbone's tensors against those of the architecture. */
    private void tensors() throws IOException {
        PublishedEncoder encoder;
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> got = new TreeMap<>();
        try {
            encoder = PublishedEncoder.read(directory);
            Layout.of(encoder.architecture(), new Head(Head.Kind.LINEAR, 1)).entries().stream()
                    .filter(entry -> !entry.isHead())
                    .forEach(entry -> expected.put(entry.name(), "" + entry.shape()));
            encoder.backbone().forEach(t -> got.put(t.name(), "" + t.shape()));
        } catch (MalformedSnapshotException e) {
            problems.add("" + e.getMessage());
            return;
        }
        if (!expected.equals(got)) {
            Map<String, String> missing = new TreeMap<>(expected);
            missing.entrySet().removeAll(got.entrySet());
            Map<String, String> unknown = new TreeMap<>(got);
            unknown.entrySet().removeAll(expected.entrySet());
            problems.add(
                    "%s: the manifest's architecture has tensors %s, the file has %s instead"
                            .formatted(directory.resolve(WEIGHTS), some(missing), some(unknown)));
        }
        expect("features", encoder.architecture().features(), "architecture");
    }

    private static String some(Map<String, String> tensors) {
        String first = tensors.toString();
        return tensors.size() <= 3
                ? first
                : tensors.entrySet().stream()
                        .limit(3)
                        .map(Map.Entry::toString)
                        .collect(Collectors.joining(", ", "{", ", ... " + tensors.size() + "}"));
    }

    /** What the manifest says more than once. */
    private void numbers() {
        long step = manifest.path("step").asLong(-1);
        String name = "" + directory.getFileName();
        if (name.matches(STEP_NAME)) {
            expect("step", Long.parseLong(name.substring("step-".length())), "folder's name");
        }
        JsonNode batch = manifest.path(SnapshotManifest.SETTINGS).path("training.batch-size");
        if (batch.isMissingNode()) {
            problems.add(file() + ": settings has no training.batch-size");
        } else {
            expect("images", step * batch.asLong(), "step times training.batch-size");
        }
        expect("images", sum("consumed", "images"), "sum of consumed");
        expect(
                "rejected",
                sum("consumed", "rejected") + sum("dropped", "rejected"),
                "sum of consumed and dropped");
    }

    private long sum(String ranges, String field) {
        long sum = 0;
        for (JsonNode range : manifest.path(ranges)) {
            sum += range.path(field).asLong();
        }
        return sum;
    }

    private void expect(String field, long expected, String reason) {
        JsonNode got = manifest.path(field);
        if (!got.isIntegralNumber() || got.longValue() != expected) {
            problems.add(
                    "%s: expected %s to be %d by its %s, got %s"
                            .formatted(
                                    file(),
                                    field,
                                    expected,
                                    reason,
                                    got.isMissingNode() ? "none" : got));
        }
    }

    private Path file() {
        return directory.resolve(SnapshotManifest.FILE);
    }
}
