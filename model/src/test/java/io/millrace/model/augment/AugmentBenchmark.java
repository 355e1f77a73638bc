package io.millrace.model.augment;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.augment.ViewParameters.Operation;
import io.millrace.model.image.Decoding.Decoded;
import io.millrace.model.image.Fixtures;
import io.millrace.model.image.ImageDecoder;
import io.millrace.model.image.ImageLimits;
import io.millrace.model.image.RgbImage;
import io.millrace.model.stream.Position;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;

/**
 * Images per second of one thread: decoding, and two views of MoCo v2's recipe.
 *
 * <p>Arguments: an uncompressed archive of images, the side of a view.
 */
public final class AugmentBenchmark {

    private static final int ROUNDS = 8;
    private static final long ROUND_NANOS = 1_500_000_000L;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private AugmentBenchmark() {}

    public static void main(String[] arguments) {
        int side = Integer.parseInt(arguments[1]);
        Recipe recipe = Recipes.mocoV2(side);
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
        Augmenter augmenter = new Augmenter(recipe, 1);
        List<byte[]> files = new ArrayList<>();
        List<RgbImage> images = new ArrayList<>();
        for (byte[] file : Fixtures.archive(Path.of(arguments[0])).values()) {
            if (images.size() < 500 && decoder.decode(file) instanceof Decoded decoded) {
                files.add(file);
                images.add(decoded.image());
            }
        }
        for (int round = 0; round < ROUNDS; round++) {
            long decode = perImage(i -> decoder.decode(files.get(i)).hashCode(), files.size());
            long views =
                    perImage(
                            i -> {
                                Position position = new Position("bench", 0, i, 0);
                                RgbImage image = images.get(i);
                                return augmenter.view(image, position, 0)[0]
                                        + augmenter.view(image, position, 1)[0];
                            },
                            images.size());
            System.out.printf(
                    "decode %,d ns, two views %,d ns: %,d images/s%n",
                    decode, views, 1_000_000_000L / (decode + views));
        }
        stages(images, side);
    }

    /** Each stage on its own, over and over on the same view. */
    private static void stages(List<RgbImage> images, int side) {
        ViewRenderer renderer = new ViewRenderer(side);
        report(
                "crop",
                i -> {
                    RgbImage image = images.get(i);
                    int h = image.height() * 3 / 4;
                    int w = image.width() * 3 / 4;
                    renderer.crop(image, new Box(h / 4, w / 8, h - i % 4, w));
                },
                images.size());
        for (Operation operation : Operation.values()) {
            double factor = operation == Operation.HUE ? 0.01 : 1.0123;
            var adjustments = List.of(new Adjustment(operation, factor));
            report(operation.name(), i -> renderer.adjust(adjustments), images.size());
        }
        report("blur", i -> renderer.blur(1.3), images.size());
        report("pixels", i -> renderer.pixels(i % 2 == 0), images.size());
        renderer.grayscale();
        report("gray blur", i -> renderer.blur(1.3), images.size());
    }

    private static void report(String stage, IntConsumer work, int count) {
        for (int round = 0; round < 2; round++) {
            long nanos =
                    perImage(
                            i -> {
                                work.accept(i);
                                return i;
                            },
                            count);
            System.out.printf("%-12s %,10d ns%n", stage, nanos);
        }
    }

    /** CPU time of this thread, so that other work on the machine counts less. */
    private static long perImage(IntUnaryOperator work, int count) {
        long begin = THREADS.getCurrentThreadCpuTime();
        long elapsed;
        long done = 0;
        int sink = 0;
        do {
            sink += work.applyAsInt((int) (done++ % count));
            elapsed = THREADS.getCurrentThreadCpuTime() - begin;
        } while (elapsed < ROUND_NANOS);
        if (sink == Integer.MIN_VALUE) {
            System.out.println();
        }
        return elapsed / done;
    }
}
