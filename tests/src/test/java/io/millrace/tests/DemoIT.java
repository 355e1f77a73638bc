package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.job.feed.ProceduralFeed;
import io.millrace.model.image.Decoding;
import io.millrace.model.image.ImageDecoder;
import io.millrace.model.image.ImageLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration, a short one: broker, live feed, cluster, job. */
class DemoIT {

    private static final int IMAGES = 1500;
    private static final double CORRUPT = 0.02;

    @TempDir private Path directory;

    @Test
    void demo_trainsOnTheWholeFeedAndSumsUp() throws Exception {
        List<String> words = new ArrayList<>(List.of("demo", "--images", "" + IMAGES));
        words.addAll(List.of("--corrupt", "" + CORRUPT, "--out", directory.toString()));
        words.addAll(Invocation.SMALL);

        Invocation demo = Invocation.of(words);

        assertThat(demo.exitCode()).as(demo.err()).isZero();
        long rejected = undecodable();
        long steps = (IMAGES - rejected) / 32;
        JsonNode summary = new Outputs(directory).summary();
        assertThat(summary.path("completed").asBoolean()).isTrue();
        assertThat(summary.path("dead_letters").asLong()).isEqualTo(rejected).isPositive();
        assertThat(summary.path("steps").asLong()).isEqualTo(steps);
        assertThat(summary.path("images").asLong()).isEqualTo(32 * steps);
        assertThat(summary.path("probe_accuracy").asDouble(-1)).isBetween(0.0, 1.0);
        assertThat(summary.path("random_probe_accuracy").asDouble(-1)).isBetween(0.0, 1.0);
        assertThat(demo.out())
                .contains("random encoder", "trained encoder", "dead letters", "import load");

        Invocation again = Invocation.of(words);

        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).contains("This run is complete");
    }

    /** How many of the feed's records are no images. */
    private static long undecodable() {
        var feed = new ProceduralFeed(0, CORRUPT);
        var decoder = new ImageDecoder(ImageLimits.DEFAULT);
        return LongStream.range(0, IMAGES)
                .mapToObj(index -> decoder.decode(feed.image(index).bytes()))
                .filter(Decoding.Rejected.class::isInstance)
                .count();
    }
}
