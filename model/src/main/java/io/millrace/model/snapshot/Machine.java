package io.millrace.model.snapshot;

import io.millrace.model.torch.OneDnn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of a machine can change the last bits of what is computed on it: libtorch and oneDNN choose
 * their kernels by the processor's instructions and cut their sums by its caches, and sums depend
 * on the number of threads, which follows the cores where nothing else is said.
 */
public final class Machine {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    /** Those that kernels are chosen by. */
    private static final Pattern INSTRUCTIONS =
            Pattern.compile("avx.*|amx_.*|fma|f16c|sse4_2|asimd.*|sve.*|bf16|i8mm");

    /** Variables that hold libraries back from instructions that the processor has. */
    private static final List<String> LIMITS =
            List.of("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA");

    /** The caches' value where the system says nothing of them, as in some virtual machines. */
    static final String UNKNOWN = "unknown";

    private Machine() {}

    /**
     * By name: cores and, on Linux, caches, cpu and instructions. How oneDNN is used if not as
     * PyTorch does, and variables that hold the libraries back, where they are set.
     */
    public static Map<String, String> description() {
        Map<String, String> description = new TreeMap<>();
        for (String limit : LIMITS) {
            String value = System.getenv(limit);
            if (value != null) {
                description.put(limit, value);
            }
        }
        if (OneDnn.use() != OneDnn.Use.ON) {
            description.put("onednn", OneDnn.use().label());
        }
        description.put("cores", "" + Runtime.getRuntime().availableProcessors());
        if (Files.isReadable(PROCESSORS)) {
            try (Stream<String> lines = Files.lines(PROCESSORS)) {
                description.putAll(processor(lines.toList()));
            } catch (IOException e) {
                throw new UncheckedIOException(PROCESSORS.toString(), e);
            }
            description.put("caches", caches(CACHES));
        }
        return description;
    }

    /**
     * The sizes of the first core's for data, from the first level on, with how many cores share
     * one if several do: {@code 48K 1024K 32768K/2}. What cannot be read is left out.
     */
    static String caches(Path folder) {
        Map<String, String> sizes = new TreeMap<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> caches = Files.newDirectoryStream(folder, "index*")) {
                for (Path cache : caches) {
                    String size = text(cache.resolve("size"));
                    if (!size.isEmpty() && !text(cache.resolve("type")).equals("Instruction")) {
                        sizes.put(text(cache.resolve("level")), size + sharing(cache));
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                return UNKNOWN;
            }
        }
        return sizes.isEmpty() ? UNKNOWN : String.join(" ", sizes.values());
    }

    private static String sharing(Path cache) {
        String map = text(cache.resolve("shared_cpu_map")).replace(",", "");
        int cores = map.matches("[0-9a-f]+") ? new BigInteger(map, 16).bitCount() : 1;
        return cores > 1 ? "/" + cores : "";
    }

    /** Empty where it cannot be read: systems on ARM may name a cache and not its size. */
    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** The first processor's, from the lines of {@code /proc/cpuinfo}. */
    static Map<String, String> processor(List<String> lines) {
        Map<String, String> processor = new TreeMap<>();
        for (String line : lines) {
            String[] parts = line.split(":", 2);
            String value = parts.length == 2 ? parts[1].strip() : "";
            switch (parts[0].strip()) {
                case "model name" -> processor.putIfAbsent("cpu", value);
                case "flags", "Features" ->
                        processor.putIfAbsent("instructions", instructions(value));
                default -> {}
            }
        }
        return processor;
    }

    private static String instructions(String flags) {
        List<String> known = new ArrayList<>(List.of(flags.split("\\s+")));
        known.removeIf(flag -> !INSTRUCTIONS.matcher(flag).matches());
        return known.stream().sorted().collect(Collectors.joining(" "));
    }
}
