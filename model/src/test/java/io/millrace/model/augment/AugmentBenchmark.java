package io.millrace.model.augment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.augment.ViewParameters.Operation;
import io.millrace.model.image.Decoding.Decoded;
import io.millrace.model.image.Fixtures;
import io.millrace.model.image.ImageDecoder;
import io.millrace.model.image.ImageLimits;
import io.millrace.model.image.NativeCodecs;
import io.millrace.model.image.RgbImage;
import io.millrace.model.stream.Position;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;

/**
 * Images per second of one thread, by its CPU time: decoding and two views of MoCo v2's recipe,
 * with the system's codecs and the JDK's alone, in turns with Pillow and torchvision; medians and
 * ratios.
 *
 * <p>Arguments: an uncompressed archive of images, the side of a view, and a Python that has Pillow
 * and torchvision, or nothing. Run in the module's folder.
 */
public final class AugmentBenchmark {

    private static final int TURNS = 3;
    private static final int WARM_UPS = 3;
    private static final long ROUND_NANOS = 2_000_000_000L;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private AugmentBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int side = Integer.parseInt(arguments[1]);
        List<byte[]> files =
                Fixtures.archive(Path.of(arguments[0])).values().stream().limit(500).toList();
        ImageDecoder system = ImageDecoder.reusing(ImageLimits.DEFAULT, NativeCodecs.system());
        ImageDecoder jdk = ImageDecoder.reusing(ImageLimits.DEFAULT, NativeCodecs.NONE);
        Recipe recipe = side > 32 ? Recipes.mocoV2(side) : Recipes.cifarDemo();
        Augmenter augmenter = new Augmenter(recipe, 1);
        for (int i = 0; i < WARM_UPS; i++) {
            perImage(work(system, augmenter, files), files.size());
            perImage(work(jdk, augmenter, files), files.size());
        }
        double[][] rates = new double[3][TURNS];
        for (int turn = 0; turn < TURNS; turn++) {
            rates[0][turn] = 1e9 / perImage(work(system, augmenter, files), files.size());
            rates[1][turn] = 1e9 / perImage(work(jdk, augmenter, files), files.size());
            rates[2][turn] =
                    arguments.length > 2 ? peer(arguments[2], arguments[0], side) : Double.NaN;
        }
        double peer = median(rates[2]);
        System.out.printf("%s, side %d, codecs %s%n", arguments[0], side, NativeCodecs.system());
        print("system's codecs", rates[0], peer);
        print("JDK alone", rates[1], peer);
        print("Pillow and torchvision", rates[2], peer);
        ImageDecoder keeping = new ImageDecoder(ImageLimits.DEFAULT);
        List<RgbImage> images = new ArrayList<>();
        for (byte[] file : files) {
            if (keeping.decode(file) instanceof Decoded decoded) {
                images.add(decoded.image());
            }
        }
        report("decode", i -> system.decode(files.get(i)), files.size());
        report("decode, JDK", i -> jdk.decode(files.get(i)), files.size());
        stages(images, side);
    }

    private static IntUnaryOperator work(
            ImageDecoder decoder, Augmenter augmenter, List<byte[]> files) {
        return i -> {
            if (!(decoder.decode(files.get(i)) instanceof Decoded decoded)) {
                return 0;
            }
            Position position = new Position("bench", 0, i, 0);
            return augmenter.pair(decoded.image(), position)[0];
        };
    }

    private static double peer(String python, String archive, int side) throws Exception {
        Process process =
                new ProcessBuilder(
                                python,
                                "src/test/python/pillow_bench.py",
                                archive,
                                Integer.toString(side),
                                "2")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return Double.parseDouble(printed.strip());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void print(String what, double[] rates, double peer) {
        double[] sorted = rates.clone();
        Arrays.sort(sorted);
        double median = median(rates);
        System.out.printf(
                "%-24s %,8.0f images/s (%,.0f-%,.0f), ratio %.2f%n",
                what, median, sorted[0], sorted[sorted.length - 1], median / peer);
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
