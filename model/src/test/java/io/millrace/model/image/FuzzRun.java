package io.millrace.model.image;

import io.millrace.model.image.Decoding.Decoded;
import io.millrace.model.image.Decoding.Rejected;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decodes mutated files, with the system's codecs and with the JDK's alone: no exception, nothing
 * that takes long.
 *
 * <p>Arguments: first seed, number of files, archives of files to start from.
 */
public final class FuzzRun {

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int LARGEST = 60_000;

    private final Map<String, Integer> outcomes = new TreeMap<>();

    public static void main(String[] arguments) {
        long first = Long.parseLong(arguments[0]);
        long count = Long.parseLong(arguments[1]);
        List<byte[]> files = new ArrayList<>();
        for (String archive : List.of(arguments).subList(2, arguments.length)) {
            files.addAll(startingPoints(Path.of(archive)));
        }
        System.out.println(new FuzzRun().run(new Mutations(files), first, count));
    }

    /** An archive's files of moderate size. */
    static List<byte[]> startingPoints(Path archive) {
        return Fixtures.archive(archive).values().stream()
                .filter(file -> file.length > 0 && file.length <= LARGEST)
                .toList();
    }

    /** Outcomes and how often each came, by codecs. */
    Map<String, Integer> run(Mutations mutations, long first, long count) {
        List<NativeCodecs> codecs = List.of(NativeCodecs.system(), NativeCodecs.NONE);
        for (NativeCodecs set : codecs) {
            try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, set)) {
                for (long seed = first; seed < first + count; seed++) {
                    String name = set.jpeg() ? "system " : "jdk ";
                    String outcome = outcome(decoder, mutations.file(seed), seed);
                    outcomes.merge(name + outcome, 1, Integer::sum);
                }
            }
        }
        return outcomes;
    }

    private static String outcome(ImageDecoder decoder, byte[] file, long seed) {
        long begin = System.nanoTime();
        Decoding decoding;
        try {
            decoding = decoder.decode(file);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + seed, e);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        if (took.compareTo(LONGEST) > 0) {
            throw new AssertionError("seed " + seed + " took " + took);
        }
        if (decoding instanceof Decoded) {
            return "decoded";
        }
        return decoding instanceof Rejected rejected ? rejected.reason().name() : "";
    }
}
