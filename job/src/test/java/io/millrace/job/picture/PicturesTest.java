package io.millrace.job.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.job.picture.LineChart.Line;
import io.millrace.job.picture.LineChart.Look;
import io.millrace.job.picture.LineChart.Point;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PicturesTest {

    @TempDir private Path folder;

    @Test
    void confusion_isDarkWhereAnswersAre() throws IOException {
        int[][] all = {{90, 0}, {0, 50}};
        int[][] none = {{0, 90}, {50, 0}};

        BufferedImage right = confusion(List.of("ant", "bee"), all);
        BufferedImage wrong = confusion(List.of("ant", "bee"), none);

        // The same picture but for the cells, whose dark halves change places.
        int[] differing = differing(right, wrong);
        assertThat(right.getWidth()).isEqualTo(wrong.getWidth());
        assertThat(differing.length).isGreaterThan(2000);
        assertThat(luminance(right)).isCloseTo(luminance(wrong), within(0.5));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 60, 150, 1200})
    void confusion_isOfASizeThatCanBeLookedAt(int classes) throws IOException {
        int[][] counts = new int[classes][classes];
        for (int k = 0; k < classes; k++) {
            counts[k][k] = k;
        }
        List<String> names = IntStream.range(0, classes).mapToObj(k -> "class " + k).toList();

        BufferedImage picture = confusion(names, counts);

        assertThat(picture.getWidth()).isBetween(400, 2200);
        assertThat(picture.getHeight()).isBetween(100, 2200);
    }

    @Test
    void chart_isDrawn_whenThereIsOnePointOrNone() throws IOException {
        Path file = folder.resolve("deep/er/chart.png");

        new LineChart("title", "x", "y").save(file);
        BufferedImage empty = ImageIO.read(file.toFile());
        new LineChart("title", "x", "y")
                .line(new Line("kNN", 0, Look.MAIN, List.of(new Point(5, 50))))
                .save(file);
        BufferedImage point = ImageIO.read(file.toFile());

        assertThat(empty.getWidth()).isEqualTo(point.getWidth());
        assertThat(differing(empty, point).length).isGreaterThan(20);
    }

    private BufferedImage confusion(List<String> names, int[][] counts) throws IOException {
        Path file = folder.resolve("confusion.png");
        new ConfusionPicture("title", names, counts).save(file);
        return ImageIO.read(file.toFile());
    }

    private static int[] differing(BufferedImage one, BufferedImage other) {
        return IntStream.range(0, one.getWidth() * one.getHeight())
                .filter(
                        i ->
                                one.getRGB(i % one.getWidth(), i / one.getWidth())
                                        != other.getRGB(i % one.getWidth(), i / one.getWidth()))
                .toArray();
    }

    private static double luminance(BufferedImage image) {
        return IntStream.range(0, image.getWidth() * image.getHeight())
                .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) & 0xff)
                .average()
                .orElseThrow();
    }
}
