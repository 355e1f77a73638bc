package io.millrace.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.image.Decoding.Decoded;
import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.Decoding.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** 626 odd and malformed files, most from the test suites of image libraries. */
@Tag("parity")
class HostileImagesTest {

    private static final Logger LOG = LoggerFactory.getLogger(HostileImagesTest.class);

    @Test
    void decode_returnsAnOutcomeSoon_whenFilesAreOddOrMalformed() throws IOException {
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        Map<String, String> pillow = pillow();
        Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
        Map<String, Integer> againstPillow = new TreeMap<>();
        int decoded = 0;
        int files = 0;
        for (var file : Fixtures.archive(Fixtures.data("image-robustness.tar")).entrySet()) {
            long begin = System.nanoTime();
            Decoding decoding = decoder.decode(file.getValue());
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            assertThat(took).as(file.getKey()).isLessThan(Duration.ofSeconds(10));
            files++;
            String outcome;
            if (decoding instanceof Rejected rejected) {
                reasons.merge(rejected.reason(), 1, Integer::sum);
                outcome = rejected.reason().name();
                if ("ok".equals(pillow.get(file.getKey()))
                        && rejected.reason() != Reason.UNSUPPORTED_FORMAT) {
                    LOG.info("stricter than Pillow: {}: {}", file.getKey(), rejected);
                }
            } else if (decoding instanceof Decoded) {
                decoded++;
                outcome = "decoded";
                if (!"ok".equals(pillow.get(file.getKey()))) {
                    LOG.info("more lenient than Pillow: {}", file.getKey());
                }
            } else {
                throw new AssertionError(decoding);
            }
            againstPillow.merge(pillow.get(file.getKey()) + " " + outcome, 1, Integer::sum);
        }
        LOG.info("{} files: {} decoded, rejected {}", files, decoded, reasons);
        LOG.info("Pillow's outcome and ours: {}", againstPillow);
        assertThat(files).isEqualTo(626);
        assertThat(decoded).isGreaterThan(250);
        assertThat(reasons)
                .containsOnlyKeys(
                        EnumSet.complementOf(EnumSet.of(Reason.TOO_MANY_BYTES))
                                .toArray(new Reason[0]));
    }

    private static Map<String, String> pillow() throws IOException {
        Map<String, String> outcomes = new HashMap<>();
        for (String line : Files.readAllLines(Fixtures.data("image-robustness.csv"))) {
            // Some names hold commas and are quoted; the cells up to the outcome are not.
            int end = line.startsWith("\"") ? line.indexOf('"', 1) + 1 : line.indexOf(',');
            String[] cells = line.substring(end).split(",", -1);
            outcomes.put(line.substring(0, end).replace("\"", ""), cells[4]);
        }
        return outcomes;
    }
}
