package io.millrace.model.torch;

import com.sun.jna.Function;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps oneDNN, which libtorch convolves with, from kernels that go wrong on this machine.
 *
 * <p>oneDNN cuts its AVX-512 kernels' work by the sizes of the caches. Some virtual machines do not
 * tell them (CPUID leaves 4 and 0x8000001D are empty), and then oneDNN 3.5.3 (PyTorch 2.5.1)
 * computes wrong features or writes beyond its memory; seen on an AMD EPYC of family 26. There it
 * is held to AVX2, unless the environment says otherwise.
 */
public final class OneDnn {

    private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);

    /** Both are read; the first is the newer name. */
    private static final List<String> VARIABLES = List.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA");

    private static final String SAFE = "AVX2";
    private static volatile boolean limited;

    private OneDnn() {}

    /**
     * Limits it where that is needed; to be called before anything is computed. PyTorch 2.0's bf16
     * convolutions fail with the limit, and it is left alone.
     */
    static synchronized void prepare(String pytorch) {
        if (!limited && !pytorch.startsWith("2.0.")) {
            limited = limit(Path.of("/proc/cpuinfo"), Path.of("/sys"));
        }
    }

    /** Whether it is held to AVX2, in a process that computes. */
    public static boolean isLimited() {
        return limited;
    }

    /** The limit and its variable's name, whoever set it. */
    public static Optional<Map.Entry<String, String>> limit() {
        return limited
                ? Optional.of(Map.entry(VARIABLES.get(0), SAFE))
                : VARIABLES.stream()
                        .filter(name -> System.getenv(name) != null)
                        .findFirst()
                        .map(name -> Map.entry(name, Objects.requireNonNull(System.getenv(name))));
    }

    private static boolean limit(Path cpuInfo, Path sys) {
        if (!hidesCaches(cpuInfo, sys)
                || VARIABLES.stream().anyMatch(n -> System.getenv(n) != null)) {
            return false;
        }
        String variable = VARIABLES.get(0);
        try {
            // libtorch reads the process's own environment, which Java cannot change.
            Function.getFunction("c", "setenv").invokeInt(new Object[] {variable, SAFE, 1});
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "this machine does not tell the sizes of its CPU's caches, and oneDNN computes wrong results with AVX-512 then; holding it to AVX2 needs JNA: put it on the class path (on a cluster into Flink's lib), or set "
                            + variable
                            + "="
                            + SAFE
                            + " in the environment",
                    e);
        }
        LOG.warn(
                "This machine does not tell the sizes of its CPU's caches, and oneDNN computes wrong results with AVX-512 then: it is held to {} and fp32. {} in the environment overrides this.",
                SAFE,
                variable);
        return true;
    }

    /** A processor with AVX-512 of whose caches Linux knows nothing. */
    static boolean hidesCaches(Path cpuInfo, Path sys) {
        return Torch.cpuHas(cpuInfo, "avx512f")
                && Files.isDirectory(sys.resolve("devices/system/cpu/cpu0"))
                && !Files.exists(sys.resolve("devices/system/cpu/cpu0/cache/index0"));
    }
}
