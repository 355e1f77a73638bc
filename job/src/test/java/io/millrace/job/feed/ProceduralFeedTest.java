package io.millrace.job.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ProceduralFeedTest {

    private static final long SEED = 20;

    @Test
    void image_dependsOnSeedAndIndexAlone() {
        var once = new ProceduralFeed(SEED, 0.1);
        var again = new ProceduralFeed(SEED, 0.1);
        var other = new ProceduralFeed(SEED + 1, 0.1);
        List<FeedImage> forwards = LongStream.range(0, 200).mapToObj(once::image).toList();

        for (int i = 199; i >= 0; i--) {
            FeedImage image = again.image(i);
            assertThat(image.bytes()).isEqualTo(forwards.get(i).bytes());
            assertThat(image.label()).isEqualTo(forwards.get(i).label());
        }
        assertThat(other.image(0).bytes()).isNotEqualTo(forwards.get(0).bytes());
    }

    @Test
    void image_showsEveryClassAboutEquallyOften_onEveryCamera() {
        var feed = new ProceduralFeed(SEED, 0);
        Map<String, Integer> labels = new HashMap<>();
        Set<String> cameras = new HashSet<>();

        for (int i = 0; i < 8000; i++) {
            FeedImage image = feed.image(i);
            labels.merge(image.label(), 1, Integer::sum);
            cameras.add(image.camera());
        }

        assertThat(labels.keySet()).containsExactlyInAnyOrderElementsOf(ProceduralFeed.labels());
        assertThat(labels.values()).allSatisfy(n -> assertThat(n).isBetween(560, 1040));
        assertThat(cameras).hasSizeGreaterThan(8);
    }

    @Test
    void image_movesSmoothly_fromFrameToFrameOfACamera() throws IOException {
        var feed = new ProceduralFeed(SEED, 0);
        int cameras = 256;
        double sameCamera = 0;
        double otherCamera = 0;

        for (int i = 0; i < 480; i++) {
            BufferedImage now = decode(feed.image(i));
            sameCamera += difference(now, decode(feed.image(i + cameras)));
            otherCamera += difference(now, decode(feed.image(i + cameras + 1)));
        }

        // Every other frame belongs to the next scene already.
        assertThat(sameCamera).isPositive().isLessThan(0.8 * otherCamera);
    }

    @Test
    void image_goesBadAtTheRateAsked_inEveryWay() {
        var clean = new ProceduralFeed(SEED, 0);
        var feed = new ProceduralFeed(SEED, 0.05);
        int bad = 0;
        Set<String> ways = new HashSet<>();

        for (int i = 0; i < 4000; i++) {
            byte[] bytes = feed.image(i).bytes();
            byte[] whole = clean.image(i).bytes();
            if (!Arrays.equals(bytes, whole)) {
                bad++;
                ways.add(way(bytes, whole));
            }
        }

        assertThat(bad).isBetween(140, 260);
        assertThat(ways).containsExactlyInAnyOrder("empty", "cut", "garbage", "absurd");
    }

    @Test
    void constructor_refuses_whenTheShareIsNone() {
        assertThatThrownBy(() -> new ProceduralFeed(SEED, 1.5)).hasMessageContaining("0 to 1");
        assertThatThrownBy(() -> new ProceduralFeed(SEED, 0).image(-1)).hasMessageContaining("-1");
    }

    private static String way(byte[] bytes, byte[] whole) {
        if (bytes.length == 0) {
            return "empty";
        }
        if (bytes.length < whole.length) {
            return "cut";
        }
        return bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xd8 ? "absurd" : "garbage";
    }

    private static BufferedImage decode(FeedImage image) throws IOException {
        BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(image.bytes()));
        assertThat(decoded.getWidth()).isEqualTo(ProceduralFeed.SIDE);
        assertThat(decoded.getHeight()).isEqualTo(ProceduralFeed.SIDE);
        return decoded;
    }

    /** Mean absolute difference of the samples. */
    private static double difference(BufferedImage a, BufferedImage b) {
        int[] one = a.getRaster().getPixels(0, 0, a.getWidth(), a.getHeight(), (int[]) null);
        int[] two = b.getRaster().getPixels(0, 0, b.getWidth(), b.getHeight(), (int[]) null);
        long sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += Math.abs(one[i] - two[i]);
        }
        return (double) sum / one.length;
    }
}
