package io.millrace.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/**
 * The directory of a run that was stopped, as a zip among the test resources, and what became of
 * the run when it went on. Savepoints hold the absolute path of their run's directory, in texts
 * whose lengths are written before them: the path is always of the same length here, and replaced.
 */
final class StoppedRun {

    /** In the zip: what came of the run. */
    private static final String EXPECTED = "expected.json";

    private static final String ZIP = "stopped-run.zip";
    private static final Path RESOURCES =
            Path.of("src", "test", "resources", "io", "millrace", "tests");

    private static final int PATH_LENGTH = 120;
    private static final String PLACEHOLDER = "?".repeat(PATH_LENGTH);

    private static final ObjectMapper JSON = new ObjectMapper();

    private StoppedRun() {}

    /** A directory's path with the length that every such path has. */
    static Path place(Path parent, String name) throws IOException {
        String start = parent.toRealPath().resolve(name).toString();
        assertThat(start).hasSizeLessThan(PATH_LENGTH);
        return Path.of(start + "-".repeat(PATH_LENGTH - start.length()));
    }

    /** Pictures of noise as BMPs, whose pixels every decoder agrees on, in two classes. */
    static void writePictures(Path folder, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            var random = new Random(i);
            var picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
            for (int place = 0; place < 64; place++) {
                // Blocks of four pixels, darker in the second class.
                if (place % 4 == 0) {
                    random.setSeed(64L * i + place);
                }
                picture.setRGB(place % 8, place / 8, random.nextInt(1 << 24) >> (i % 2));
            }
            Path directory = Files.createDirectories(folder.resolve("class-" + i % 2));
            ImageIO.write(picture, "bmp", directory.resolve("%03d.bmp".formatted(i)).toFile());
        }
    }

    /** The files of a stopped run that it needs to go on, by their paths. */
    static Map<String, byte[]> read(Path root) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> entries = Files.walk(root)) {
            for (Path file : entries.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                // The broker's segments are logs, too, and stay.
                boolean ofNoUse = name.startsWith("tmp/") || name.equals("millrace.log");
                if (!ofNoUse && !name.contains("/latest/")) {
                    files.put(name, Files.readAllBytes(file));
                }
            }
        }
        Path latest = root.resolve("snapshots/default/latest");
        String step = "" + latest.toRealPath().getFileName();
        files.keySet().removeIf(n -> n.startsWith("snapshots/") && !n.contains("/" + step + "/"));
        // A link to it, where a zip cannot hold one.
        files.put("snapshots/default/latest", (step + "\n").getBytes(UTF_8));
        files.remove("summary.json");
        // Announcements hold the path as well, and Kafka's records a check sum: none are kept.
        files.keySet().removeIf(name -> name.contains("/millrace-snapshots-"));
        return files;
    }

    /** Packs a stopped run with what became of it. */
    static void pack(Path root, Map<String, byte[]> stopped, long step, Outputs end)
            throws IOException {
        ObjectNode expected = JSON.createObjectNode();
        expected.put("step", step);
        expected.set("summary", end.summary());
        expected.set("consumed", end.manifest().path("consumed"));
        expected.set("machine", end.manifest().path("machine"));
        ArrayNode reports = expected.putArray("reports");
        end.metrics("step").stream().limit(step + 10).forEach(reports::add);
        Map<String, byte[]> files = new TreeMap<>(stopped);
        files.put(EXPECTED, JSON.writeValueAsBytes(expected));
        Files.createDirectories(RESOURCES);
        try (OutputStream out = Files.newOutputStream(RESOURCES.resolve(ZIP));
                var zip = new ZipOutputStream(out)) {
            zip.setLevel(9);
            for (var file : files.entrySet()) {
                var entry = new ZipEntry(file.getKey());
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(replaced(file.getValue(), root.toString(), PLACEHOLDER));
                zip.closeEntry();
            }
        }
    }

    /** What came of the kept run, where it was recorded. */
    static JsonNode expected() throws IOException {
        return JSON.readTree(files().get(EXPECTED));
    }

    /** The files of the kept run by their paths. */
    static Map<String, byte[]> kept() throws IOException {
        Map<String, byte[]> files = files();
        files.remove(EXPECTED);
        return files;
    }

    private static Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (InputStream resource = Files.newInputStream(RESOURCES.resolve(ZIP));
                var zip = new ZipInputStream(resource)) {
            ZipEntry entry;
            while ((entry = zip.getNextEntry()) != null) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        }
        return files;
    }

    /** Lays a stopped run out in a {@link #place}. */
    static void unpack(Map<String, byte[]> kept, Path root) throws IOException {
        for (var entry : kept.entrySet()) {
            Path file = root.resolve(entry.getKey());
            Files.createDirectories(requireNonNull(file.getParent()));
            Files.write(file, replaced(entry.getValue(), PLACEHOLDER, root.toString()));
        }
    }

    /** A byte is a character here, and the same byte afterwards. */
    private static byte[] replaced(byte[] bytes, String before, String after) {
        String text = new String(bytes, ISO_8859_1);
        return text.contains(before) ? text.replace(before, after).getBytes(ISO_8859_1) : bytes;
    }
}
