package io.millrace.model.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.stream.OffsetRange;
import io.millrace.model.stream.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/** The {@code manifest.json} of a snapshot: which learner, which data, which settings. */
final class SnapshotManifest {

    static final String FILE = "manifest.json";

    /** Raised when a field changes its meaning or goes; new fields do not raise it. */
    static final int FORMAT_VERSION = 1;

    static final String WEIGHTS_SHA256 = "weights_sha256";
    static final String HEAD_SHA256 = "head_sha256";

    static final String CONFIG_SHA256 = "config_sha256";
    static final String LOADER_SHA256 = "encoder_py_sha256";
    static final String RANGE_FILE = "range.json";
    static final String RANGE_SHA256 = "range_sha256";
    static final String SETTINGS = "settings";

    private static final String CREATED = "created";
    private static final String PREVIOUS = "previous";

    private static final JsonMapper JSON = new JsonMapper();

    private SnapshotManifest() {}

    /** All but the hashes of the files. */
    static ObjectNode of(
            Progress progress,
            boolean completed,
            SnapshotDescription description,
            Instant created) {
        ObjectNode manifest = JsonNodeFactory.instance.objectNode();
        manifest.put("format_version", FORMAT_VERSION);
        manifest.put("learner", progress.learner());
        manifest.put("step", progress.step());
        manifest.put("images", progress.images());
        manifest.put("rejected", progress.rejected());
        manifest.put("completed", completed);
        if (!progress.queueSha256().isEmpty()) {
            manifest.put("queue_sha256", progress.queueSha256());
        }
        manifest.put(CREATED, created.toString());
        manifest.set("architecture", EncoderScript.arguments(description.architecture()));
        manifest.put("features", description.architecture().features());
        manifest.put("side", description.side());
        description.normalization().mean().forEach(manifest.withArray("/mean")::add);
        description.normalization().std().forEach(manifest.withArray("/std")::add);
        putRanges(manifest, "consumed", progress.consumed());
        putRanges(manifest, "dropped", progress.dropped());
        putRanges(manifest, "pending", progress.pending());
        if (description.parent() != null) {
            ObjectNode parent = manifest.putObject("parent");
            parent.put("file", description.parent().path());
            parent.put("sha256", description.parent().sha256());
        }
        ObjectNode settings = manifest.putObject(SETTINGS);
        description.settings().forEach(settings::put);
        ObjectNode versions = manifest.putObject("versions");
        description.versions().forEach(versions::put);
        ObjectNode machine = manifest.putObject("machine");
        Machine.description().forEach(machine::put);
        return manifest;
    }

    private static void putRanges(ObjectNode manifest, String name, List<OffsetRange> ranges) {
        ArrayNode array = manifest.putArray(name);
        for (OffsetRange range : ranges) {
            ObjectNode node = array.addObject();
            node.put("topic", range.topic());
            node.put("partition", range.partition());
            node.put("epoch", range.epoch());
            node.put("start", range.start());
            node.put("end", range.end());
            node.put("images", range.images());
            node.put("rejected", range.rejected());
        }
    }

    /** Names the snapshot that the same learner published before, if its manifest is there. */
    static void putPrevious(ObjectNode manifest, Path directory) throws IOException {
        JsonNode before = withoutTime(directory);
        if (before.has(WEIGHTS_SHA256)) {
            ObjectNode previous = manifest.putObject(PREVIOUS);
            previous.set("step", before.path("step"));
            previous.set(WEIGHTS_SHA256, before.path(WEIGHTS_SHA256));
        }
    }

    /** Lower-case hexadecimal. */
    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static byte[] bytes(JsonNode node) throws IOException {
        return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /**
     * Whether two directories hold the same snapshot, whenever and after whatever each was written.
     */
    static boolean same(Path one, Path other) throws IOException {
        return withoutTime(one).equals(withoutTime(other));
    }

    /** Whether a directory holds the last snapshot of a run. */
    static boolean isCompleted(Path directory) throws IOException {
        return withoutTime(directory).path("completed").asBoolean();
    }

    /** Whether all but the manifests are the same files, by the hashes that the manifests give. */
    static boolean sameFiles(Path one, Path other) throws IOException {
        JsonNode mine = withoutTime(one);
        JsonNode its = withoutTime(other);
        return mine.hasNonNull(WEIGHTS_SHA256)
                && List.of(WEIGHTS_SHA256, HEAD_SHA256, CONFIG_SHA256, LOADER_SHA256).stream()
                        .allMatch(field -> mine.path(field).equals(its.path(field)));
    }

    /**
     * Gives a directory the manifest of another with the same files; readers see one of the two.
     */
    static void replace(Path from, Path to) throws IOException {
        Path next = from.resolve("." + FILE);
        DurableFiles.write(next, Files.readAllBytes(from.resolve(FILE)));
        Files.move(
                next,
                to.resolve(FILE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.sync(to);
    }

    private static JsonNode withoutTime(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return JsonNodeFactory.instance.missingNode();
        }
        JsonNode manifest = JSON.readTree(Files.readAllBytes(file));
        if (manifest instanceof ObjectNode object) {
            object.remove(List.of(CREATED, PREVIOUS));
        }
        return manifest;
    }
}
