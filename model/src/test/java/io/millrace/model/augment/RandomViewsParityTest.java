package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.augment.ViewParameters.Operation;
import io.millrace.model.image.RgbImage;
import io.millrace.model.snapshot.Python;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Views drawn anew from all that can be asked for (sides 1 to 1024, any crop, factors 0 to 2, hue
 * -0.5 to 0.5, sigma 0 to 10), by Pillow and torchvision and by ours: the same bytes after each
 * stage. {@code -Dmillrace.views.seed} and {@code -Dmillrace.views.count} ask for others.
 */
@Tag("parity")
class RandomViewsParityTest {

    private static final long SEED = Long.getLong("millrace.views.seed", 1);
    private static final int COUNT = Integer.getInteger("millrace.views.count", 150);

    @TempDir private Path directory;

    @Test
    void everyStage_equalsPillow_whenParametersAreDrawn() throws Exception {
        Path file = directory.resolve("views");
        Python.run("torchvision_models, PIL, numpy", "pillow_views.py", SEED, COUNT, file);

        try (var in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            for (int i = 0; i < COUNT; i++) {
                assertEqual(in, "view " + i + " of seed " + SEED);
            }
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    private static void assertEqual(DataInputStream in, String name) throws IOException {
        int width = in.readInt();
        int height = in.readInt();
        RgbImage image = new RgbImage(width, height, in.readNBytes(3 * width * height));
        int side = in.readInt();
        Box box = new Box(in.readInt(), in.readInt(), in.readInt(), in.readInt());
        List<Adjustment> adjustments = adjustments(in);
        boolean gray = in.readInt() == 1;
        double sigma = in.readDouble();
        boolean solarize = in.readInt() == 1;
        boolean flip = in.readInt() == 1;
        String what = name + ": " + width + "x" + height + " " + box + " to " + side;
        ViewRenderer renderer = new ViewRenderer(side);

        renderer.crop(image, box);
        assertPixels(in, renderer.pixels(false), what);
        renderer.adjust(adjustments);
        if (gray) {
            renderer.grayscale();
        }
        assertPixels(in, renderer.pixels(false), what + " " + adjustments + " gray " + gray);
        renderer.blur(sigma);
        if (solarize) {
            renderer.solarize();
        }
        assertPixels(in, renderer.pixels(flip), what + " sigma " + sigma);
    }

    private static List<Adjustment> adjustments(DataInputStream in) throws IOException {
        List<Adjustment> adjustments = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            Operation operation =
                    switch (in.readInt()) {
                        case 'b' -> Operation.BRIGHTNESS;
                        case 'c' -> Operation.CONTRAST;
                        case 's' -> Operation.SATURATION;
                        default -> Operation.HUE;
                    };
            adjustments.add(new Adjustment(operation, in.readDouble()));
        }
        return adjustments;
    }

    private static void assertPixels(DataInputStream in, byte[] actual, String what)
            throws IOException {
        byte[] expected = in.readNBytes(actual.length);
        int different = 0;
        int largest = 0;
        for (int i = 0; i < actual.length; i++) {
            int difference = Math.abs((actual[i] & 0xff) - (expected[i] & 0xff));
            different += difference > 0 ? 1 : 0;
            largest = Math.max(largest, difference);
        }
        assertThat(different).as("%s: samples that differ, by up to %d", what, largest).isZero();
    }
}
