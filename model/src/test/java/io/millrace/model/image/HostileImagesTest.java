package io.millrace.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.model.image.PillowOutcomes.Outcome;
import io.millrace.model.parity.ParityFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 626 odd and malformed files, most from the test suites of image libraries, decoded in a process
 * of their own; {@code -Dmillrace.hostile=FILE.tar} takes other ones, with their table beside them.
 */
@Tag("hostile")
class HostileImagesTest {

    private static final String PROPERTY = "millrace.hostile";
    private static final String SHARED = "image-robustness";
    private static final Path OWN = Path.of("src/test/resources/hostile/hostile.tar");
    private static final long MOST_MILLIS = 10_000;

    /** Between two lines, and after the last, when all files are decoded several times more. */
    private static final long SILENT_SECONDS = 120;

    private static final long MOST_GROWTH = 8 << 20;

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"system", "jdk"})
    void decode_hurtsNothing_andDiffersFromPillowOnlyWhereDocumented(String codecs)
            throws Exception {
        String given = System.getProperty(PROPERTY);
        Path archive =
                given == null ? Fixtures.data(SHARED + ".tar") : ParityFolder.path(PROPERTY, given);
        assertThat(archive)
                .as("-D%s=%s: expected an uncompressed tar, but there is none", PROPERTY, given)
                .isRegularFile();
        Map<String, Outcome> pillow =
                given == null
                        ? PillowOutcomes.ofShared(SHARED)
                        : PillowOutcomes.of(PillowOutcomes.table(archive));

        Differences found = decode(archive, codecs, pillow);

        if (given == null) {
            assertThat(found.counts().values().stream().mapToInt(n -> n).sum()).isEqualTo(626);
            boolean jdk = codecs.equals("jdk");
            boolean turbo = !jdk || JpegDecodingTest.jdkReadsArithmetic();
            assertThat(found.counts())
                    .containsEntry("only Pillow, UNSUPPORTED_FORMAT", jdk ? turbo ? 77 : 82 : 58)
                    .containsEntry("only Pillow, NOT_AN_IMAGE", 11)
                    .containsEntry("only Pillow, TOO_LARGE", 4);
            assertThat(found.unexplained())
                    .containsExactlyInAnyOrderElementsOf(DocumentedDifferences.of(turbo));
        }
    }

    /** The repository's own few, written by hostile_fixture.py: sound, cut off, or lying. */
    @ParameterizedTest
    @ValueSource(strings = {"system", "jdk"})
    void decode_hurtsNothing_whenFilesAreCutOrLie(String codecs) throws Exception {
        Differences found = decode(OWN, codecs, PillowOutcomes.of(PillowOutcomes.table(OWN)));

        Map<String, Integer> counts = new TreeMap<>(found.counts());
        assertThat(counts.remove("both decode")).isEqualTo(codecs.equals("jdk") ? 10 : 11);
        assertThat(counts.remove("only Pillow, UNSUPPORTED_FORMAT"))
                .as("the WebP")
                .isEqualTo(codecs.equals("jdk") ? 1 : null);
        assertThat(counts)
                .containsOnly(
                        Map.entry("both refuse, CORRUPT", 5),
                        Map.entry("both refuse, EMPTY", 1),
                        Map.entry("both refuse, NOT_AN_IMAGE", 2),
                        Map.entry("both refuse, TOO_LARGE", 5),
                        Map.entry("both refuse, TRUNCATED", 10),
                        Map.entry("only Pillow! TRUNCATED", 1));
        assertThat(found.unexplained()).containsExactly("only Pillow! TRUNCATED lie/chunk-4g.png");
    }

    /** How often each difference from Pillow's outcomes was found, and the files that have them. */
    private record Differences(Map<String, Integer> counts, List<String> unexplained) {}

    private Differences decode(Path archive, String codecs, Map<String, Outcome> pillow)
            throws Exception {
        assumeTrue(
                codecs.equals("jdk") || NativeCodecs.system().equals(new NativeCodecs(true, true)),
                "libjpeg-turbo or libwebp is absent; install libturbojpeg0 and libwebp7");
        Map<String, Integer> counts = new TreeMap<>();
        List<String> unexplained = new ArrayList<>();
        for (String[] line : decodeInAProcess(archive, codecs)) {
            if (line[0].equals("decoding")) {
                assertThat(line).as(line[1]).hasSize(5);
                assertThat(Long.parseLong(line[4])).as(line[1]).isLessThan(MOST_MILLIS);
                String difference = difference(pillow.get(line[1]), line[2], line[3]);
                counts.merge(difference, 1, Integer::sum);
                if (difference.contains("!")) {
                    System.out.printf("%s: %s %s%n", line[1], difference, line[3]);
                    unexplained.add(difference + " " + line[1]);
                }
            } else {
                assertThat(Long.parseLong(line[1])).as(line[0]).isLessThan(MOST_GROWTH);
            }
        }
        assertThat(counts).as("files in %s", archive).isNotEmpty();
        System.out.printf("%s codecs on %s: %s%n", codecs, archive.getFileName(), counts);
        return new Differences(counts, unexplained);
    }

    /** Pillow's outcome and ours; with an exclamation mark unless formats or limits explain it. */
    private static String difference(@Nullable Outcome pillow, String ours, String detail) {
        if (pillow == null) {
            return "not in the table, " + ours;
        }
        if (!ours.equals("DECODED")) {
            boolean explained =
                    ours.equals("UNSUPPORTED_FORMAT")
                            || ours.equals("NOT_AN_IMAGE")
                            || ours.startsWith("TOO_");
            return (pillow.isOk() ? explained ? "only Pillow, " : "only Pillow! " : "both refuse, ")
                    + ours;
        }
        if (!pillow.isOk()) {
            return "only ours!";
        }
        return detail.startsWith(pillow.sha256()) ? "both decode" : "other pixels!";
    }

    /** Waits for as long as it goes on printing. */
    private static boolean hasEnded(Process process, Path out)
            throws IOException, InterruptedException {
        long printed = -1;
        while (Files.size(out) > printed) {
            printed = Files.size(out);
            if (process.waitFor(SILENT_SECONDS, TimeUnit.SECONDS)) {
                return true;
            }
        }
        return false;
    }

    private List<String[]> decodeInAProcess(Path archive, String codecs)
            throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                // All of the heap from the start: what grows is not Java's.
                                "-Xms1g",
                                "-Xmx1g",
                                "-XX:+AlwaysPreTouch",
                                "-Djava.awt.headless=true",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                HostileRun.class.getName(),
                                archive.toString(),
                                codecs)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        // Java says on the error output that it has read it.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        boolean ended = hasEnded(process, out);
        process.destroyForcibly();
        List<String> lines = Files.readAllLines(out);
        String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        assertThat(ended).as("hangs at %s", last).isTrue();
        assertThat(Files.readString(err)).as("error output, at %s", last).isEmpty();
        assertThat(process.exitValue()).as("exit code, at %s", last).isZero();
        List<String[]> cells = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("decoding\t") || line.contains("grew by\t")) {
                cells.add(line.split("\t", -1));
            }
        }
        return cells;
    }
}
