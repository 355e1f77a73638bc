package io.millrace.model.augment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.augment.ViewParameters.Operation;
import io.millrace.model.image.RgbImage;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Notices when C2 no longer vectorises one of the loops over pixels that were written so that it
 * can: each is timed, by the thread's CPU time, in JVMs with and without C2's vectorisation ({@code
 * -XX:-UseSuperWord}), in turns, and has to be faster with it.
 *
 * <p>A benchmark, no part of the build; by hand, after a change of these loops or of the JDK:
 *
 * <pre>./mvnw -pl model test -Dtest=VectorizationBench</pre>
 */
class VectorizationBench {

    /** A loop that both JVMs leave scalar takes the same time in both, within a few hundredths. */
    private static final double LEAST_GAIN = 1.5;

    private static final int SIDE = 224;
    private static final int TURNS = 3;
    private static final long ROUND_NANOS = 300_000_000L;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @Test
    void everyVectorisedLoop_isFasterThanWithoutVectorisation() throws Exception {
        Map<String, List<Double>> with = new LinkedHashMap<>();
        Map<String, List<Double>> without = new LinkedHashMap<>();
        for (int turn = 0; turn < TURNS; turn++) {
            collect(child("-XX:+UseSuperWord"), with);
            collect(child("-XX:-UseSuperWord"), without);
        }
        Map<String, Double> gains = new LinkedHashMap<>();
        with.forEach(
                (loop, nanos) -> {
                    double vectorised = median(nanos);
                    double scalar = median(without.getOrDefault(loop, List.of()));
                    double gain = scalar / vectorised;
                    System.out.printf(
                            "%-12s %,9.0f ns, without vectorisation %,9.0f ns: %.2f times%n",
                            loop, vectorised, scalar, gain);
                    gains.put(loop, gain);
                });
        assertThat(gains.keySet()).containsExactlyElementsOf(loops().keySet());
        assertThat(gains)
                .as("gain of each loop by C2's vectorisation, on Java %s", Runtime.version())
                .allSatisfy((loop, gain) -> assertThat(gain).as(loop).isGreaterThan(LEAST_GAIN));
    }

    /** In the child: a line for each loop, its name and its nanoseconds. */
    public static void main(String[] arguments) {
        loops().forEach((name, loop) -> System.out.println(name + "\t" + nanos(loop)));
    }

    private static Map<String, Runnable> loops() {
        Random random = new Random(1);
        Planes planes = noise(random);
        int[] luma = new int[planes.size()];
        ColorJitter jitter = new ColorJitter(SIDE);
        GaussianBlur blur = new GaussianBlur(SIDE);
        Map<String, Runnable> loops = new LinkedHashMap<>();
        loops.put("luma", () -> planes.luma(luma));
        loops.put("brightness", adjustment(jitter, planes, Operation.BRIGHTNESS));
        loops.put("saturation", adjustment(jitter, planes, Operation.SATURATION));
        loops.put("solarize", () -> jitter.solarize(planes));
        loops.put("hue", adjustment(jitter, noise(random), Operation.HUE));
        loops.put("blur", () -> blur.apply(planes, 1.3));
        loops.put("crop", crop(planes, random));
        return loops;
    }

    private static Planes noise(Random random) {
        Planes planes = new Planes(SIDE);
        for (int i = 0; i < planes.size(); i++) {
            planes.red[i] = random.nextInt(256);
            planes.green[i] = random.nextInt(256);
            planes.blue[i] = random.nextInt(256);
        }
        return planes;
    }

    private static Runnable crop(Planes planes, Random random) {
        byte[] rgb = new byte[3 * 500 * 375];
        random.nextBytes(rgb);
        RgbImage image = new RgbImage(500, 375, rgb);
        Resize resize = new Resize(SIDE);
        return () -> resize.apply(image, new Box(40, 60, 300, 400), planes);
    }

    private static Runnable adjustment(ColorJitter jitter, Planes planes, Operation operation) {
        var adjustment = new Adjustment(operation, 1.0123);
        return () -> jitter.apply(planes, adjustment);
    }

    /** The fastest of three rounds, the first of which warms up. */
    private static long nanos(Runnable loop) {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long begin = THREADS.getCurrentThreadCpuTime();
            long done = 0;
            long elapsed;
            do {
                loop.run();
                done++;
                elapsed = THREADS.getCurrentThreadCpuTime() - begin;
            } while (elapsed < ROUND_NANOS);
            best = Math.min(best, elapsed / done);
        }
        return best;
    }

    private static List<String> child(String flag) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(java.toString(), flag, "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(VectorizationBench.class.getName());
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> lines =
                new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
        assertThat(process.waitFor()).as("exit status of the child with %s", flag).isZero();
        return lines;
    }

    private static void collect(List<String> lines, Map<String, List<Double>> nanos) {
        for (String line : lines) {
            int tab = line.indexOf('\t');
            nanos.computeIfAbsent(line.substring(0, tab), loop -> new ArrayList<>())
                    .add(Double.valueOf(line.substring(tab + 1)));
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
