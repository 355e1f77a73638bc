package io.millrace.job.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.Millrace;
import io.millrace.job.settings.Settings;
import io.millrace.job.settings.SettingsSources;
import io.millrace.model.augment.Augmenter;
import io.millrace.model.image.RgbImage;
import io.millrace.model.stream.Position;
import java.awt.Point;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Contact sheets of three images whose longer side is a view's, so that nothing is scaled. */
class ViewsCommandTest {

    private static final int SIDE = 128;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<RgbImage> images =
            List.of(noise(SIDE, SIDE, 1), noise(SIDE, 96, 2), noise(100, SIDE, 3));

    @TempDir private Path directory;

    @BeforeEach
    void writeImages() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("photos"));
        for (int i = 0; i < images.size(); i++) {
            ImageIO.write(picture(images.get(i)), "png", folder.resolve(i + ".png").toFile());
        }
    }

    @Test
    void views_drawsEachImageAndWhatTrainingSeesOfIt() throws IOException {
        assertThat(draw("photos", "sheet.png")).isZero();

        assertThat(err.toString()).isEmpty();
        assertThat(out.toString())
                .isEqualToIgnoringNewLines("3 images and their views in " + path("sheet.png"));
        BufferedImage sheet = sheet("sheet.png");
        assertThat(sheet.getWidth()).isBetween(3 * SIDE, 3 * SIDE + 800);
        assertThat(sheet.getHeight()).isBetween(3 * SIDE, 3 * SIDE + 800);
        Map<Integer, RgbImage> rows = new TreeMap<>();
        for (RgbImage image : images) {
            rows.put(find(sheet, image).y, image);
        }
        Settings settings =
                new SettingsSources(null, null, Map.of("views.side", String.valueOf(SIDE)))
                        .resolve()
                        .settings();
        Augmenter augmenter = new Augmenter(settings.views(), settings.learning().seed());
        int offset = 0;
        for (RgbImage image : rows.values()) {
            Position position = new Position("images", 0, offset++, 0);
            Point original = find(sheet, image);
            Point query = find(sheet, new RgbImage(SIDE, SIDE, augmenter.view(image, position, 0)));
            Point key = find(sheet, new RgbImage(SIDE, SIDE, augmenter.view(image, position, 1)));
            assertThat(query.y).as("row of image %d", offset).isEqualTo(original.y);
            assertThat(key.y).as("row of image %d", offset).isEqualTo(original.y);
            assertThat(query.x).isGreaterThanOrEqualTo(original.x + SIDE);
            assertThat(key.x).isGreaterThanOrEqualTo(query.x + SIDE);
        }
    }

    @Test
    void views_drawsTheSameAgain_andOthersByAnotherSeed() throws IOException {
        assertThat(draw("photos", "one.png")).isZero();
        assertThat(draw("photos", "two.png")).isZero();
        assertThat(draw("photos", "other.png", "-Dtraining.seed=77")).isZero();

        assertThat(path("two.png")).hasSameBinaryContentAs(path("one.png"));
        assertThat(Files.mismatch(path("other.png"), path("one.png"))).isNotNegative();
    }

    @Test
    void views_drawsAsManyAsToldTo() throws IOException {
        draw("photos", "three.png");
        assertThat(draw("photos", "one.png", "--count", "1")).isZero();

        assertThat(out.toString()).contains("1 images and their views");
        assertThat(sheet("one.png").getHeight())
                .isLessThan(sheet("three.png").getHeight() - 2 * SIDE);
    }

    @Test
    void views_namesWhatIsNoImage_andDrawsTheRest() throws IOException {
        Files.writeString(path("photos/notes.png"), "no image");

        assertThat(draw("photos", "sheet.png")).isZero();

        assertThat(err.toString()).startsWith("notes.png: NOT_AN_IMAGE: expected an image");
        assertThat(out.toString()).startsWith("3 images");
    }

    @Test
    void views_fails_whenNothingIsAnImage() throws IOException {
        Files.writeString(path("notes.txt"), "no image");

        assertThat(draw("notes.txt", "sheet.png")).isEqualTo(ExitCode.BAD_DATA.code());

        assertThat(err.toString())
                .contains("notes.txt: NOT_AN_IMAGE: expected an image")
                .contains("millrace: none of the sources' first images can be decoded")
                .doesNotContain("\tat ");
        assertThat(path("sheet.png")).doesNotExist();
    }

    @Test
    void views_fails_whenTheSourceIsMissing() {
        assertThat(draw("none", "sheet.png")).isEqualTo(ExitCode.USAGE.code());

        assertThat(err.toString())
                .startsWith("millrace: cannot read " + path("none") + ": no such file")
                .doesNotContain("\tat ");
        assertThat(path("sheet.png")).doesNotExist();
    }

    @Test
    void views_fails_whenTheSheetCannotBeWritten() {
        assertThat(draw("photos", "photos/0.png/sheet.png")).isEqualTo(ExitCode.USAGE.code());

        assertThat(err.toString())
                .startsWith("millrace: cannot write " + path("photos/0.png/sheet.png"))
                .doesNotContain("\tat ");
    }

    private int draw(String source, String sheet, String... more) {
        List<String> args = new ArrayList<>(List.of("views", "--source", path(source).toString()));
        args.addAll(List.of("--out", path(sheet).toString(), "-Dviews.side=" + SIDE));
        args.addAll(List.of(more));
        CommandLine commandLine = Millrace.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(args.toArray(String[]::new));
    }

    private Path path(String name) {
        return directory.resolve(name);
    }

    private BufferedImage sheet(String name) throws IOException {
        return ImageIO.read(path(name).toFile());
    }

    /** The one place where the sheet has exactly these pixels. */
    private static Point find(BufferedImage sheet, RgbImage image) {
        BufferedImage wanted = picture(image);
        List<Point> places = new ArrayList<>();
        for (int y = 0; y + image.height() <= sheet.getHeight(); y++) {
            for (int x = 0; x + image.width() <= sheet.getWidth(); x++) {
                if (isAt(sheet, wanted, x, y)) {
                    places.add(new Point(x, y));
                }
            }
        }
        assertThat(places).as("places of a picture on the sheet").hasSize(1);
        return places.get(0);
    }

    private static boolean isAt(BufferedImage sheet, BufferedImage wanted, int left, int top) {
        for (int y = 0; y < wanted.getHeight(); y++) {
            for (int x = 0; x < wanted.getWidth(); x++) {
                if (sheet.getRGB(left + x, top + y) != wanted.getRGB(x, y)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static BufferedImage picture(RgbImage image) {
        var picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < image.width() * image.height(); i++) {
            int rgb = 0;
            for (int channel = 0; channel < 3; channel++) {
                rgb = (rgb << 8) | (image.rgb()[3 * i + channel] & 0xff);
            }
            picture.setRGB(i % image.width(), i / image.width(), rgb);
        }
        return picture;
    }

    private static RgbImage noise(int width, int height, int seed) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }
}
