package io.millrace.model.torch;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps oneDNN, which libtorch convolves with on CPUs, from kernels that go wrong on this machine.
 *
 * <p>oneDNN cuts its work by the sizes of the caches. AMD's processors tell them in CPUID leaf
 * 0x8000001D, which some virtual machines leave empty; oneDNN 3.5.3 (PyTorch 2.5.1, xbyak_util.h,
 * setCacheHierarchy) then takes each cache for one byte. With AVX-512 it computes wrong features or
 * writes beyond its memory; with AVX2 its reorders leave the padding of channels that do not fill a
 * vector as malloc gave it, and a loss is NaN now and then. So it is held to AVX2 there, and off
 * while an encoder with such channels computes: PyTorch's own convolutions do not ask for caches.
 * oneDNN 2.7 (PyTorch 2.0) guesses the sizes of AMD's caches everywhere, and is left alone.
 */
public final class OneDnn {

    /** How it is used. */
    public enum Use {
        /** As PyTorch does. */
        ON,
        /** With AVX2, and only where channels fill its vectors. */
        CAREFUL,
        /** Not at all. */
        OFF;

        /** As the variable and the manifest say it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What decides in place of the processor: a use's label. */
    public static final String VARIABLE = "MILLRACE_ONEDNN";

    private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);
    private static final Path MAPPED = Path.of("/proc/self/maps");
    private static final String LIBRARY = "/libtorch_cpu.so";

    /** Both are read; the first is the newer name. */
    private static final List<String> INSTRUCTIONS =
            List.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA");

    /** Floats of AVX2. */
    private static final int VECTOR = 8;

    private static volatile @Nullable Use use;
    private static boolean enabled = true;

    private OneDnn() {}

    /** Decides how it is used, once; before anything is computed. */
    static synchronized void prepare(String pytorch) {
        if (use != null) {
            return;
        }
        Use wanted = wanted(System.getenv(VARIABLE), pytorch);
        if (wanted == Use.CAREFUL
                && INSTRUCTIONS.stream().allMatch(n -> System.getenv(n) == null)) {
            // libtorch reads the process's own environment, which Java cannot change.
            call(() -> Function.getFunction("c", "setenv").invokeInt(setAvx2()));
        } else if (wanted == Use.OFF) {
            enable(false);
        }
        use = wanted;
        if (wanted != Use.ON) {
            LOG.warn(
                    "oneDNN is {}, since this machine does not tell it the sizes of its CPU's caches or {} says so; precision auto is fp32",
                    wanted == Use.OFF
                            ? "off"
                            : "held to AVX2 and to channels that fill its vectors",
                    VARIABLE);
        }
    }

    private static Object[] setAvx2() {
        return new Object[] {INSTRUCTIONS.get(0), "AVX2", 1};
    }

    /** How it is used, in a process that computes. */
    public static Use use() {
        Use decided = use;
        return decided == null ? Use.ON : decided;
    }

    /**
     * Readies it for an encoder's passes and their gradients, which come before other encoders'.
     *
     * @param channels of every convolution but the first's input, or a divisor of them
     */
    public static synchronized void suit(int channels) {
        boolean full = channels % VECTOR == 0;
        if (use == Use.CAREFUL && enabled != full) {
            enable(full);
        }
    }

    /** Has libtorch use it or not, from now on, in all threads. */
    private static void enable(boolean wanted) {
        call(
                () -> {
                    NativeLibrary torch = NativeLibrary.getInstance(mapped());
                    // at::globalContext().setUserEnabledMkldnn(wanted), exported under these names
                    Pointer context =
                            torch.getFunction("_ZN2at13globalContextEv")
                                    .invokePointer(new Object[] {});
                    torch.getFunction("_ZN2at7Context20setUserEnabledMkldnnEb")
                            .invokeVoid(new Object[] {context, wanted ? 1 : 0});
                });
        enabled = wanted;
    }

    private static void call(Runnable nativeCall) {
        try {
            nativeCall.run();
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "this machine does not tell oneDNN the sizes of its CPU's caches, and keeping it from wrong results needs Linux, JNA and libtorch_cpu.so: put JNA on the class path (on a cluster into Flink's lib), or set "
                            + VARIABLE
                            + "=on in the environment and take wrong results into account",
                    e);
        }
    }

    private static Use wanted(@Nullable String variable, String pytorch) {
        if (variable == null || variable.isEmpty()) {
            boolean hidden = hidesCaches(Path.of("/proc/cpuinfo"), Path.of("/sys"));
            return hidden && !pytorch.startsWith("2.0.") ? Use.CAREFUL : Use.ON;
        }
        for (Use each : Use.values()) {
            if (each.label().equals(variable)) {
                return each;
            }
        }
        throw new IllegalArgumentException(
                VARIABLE + " in the environment must be on, careful or off, got " + variable);
    }

    /** The path of libtorch in this process. */
    private static String mapped() {
        try {
            return Files.readAllLines(MAPPED).stream()
                    .filter(line -> line.endsWith(LIBRARY))
                    .map(line -> line.substring(line.indexOf('/')))
                    .findFirst()
                    .orElseThrow(() -> new UnsatisfiedLinkError("no " + LIBRARY + " in " + MAPPED));
        } catch (IOException e) {
            throw new UncheckedIOException(MAPPED + ", where libtorch's path is looked up", e);
        }
    }

    /**
     * Whether oneDNN finds no caches: an AMD processor without topology extensions, which the leaf
     * is part of, or one of whose caches Linux knows nothing.
     */
    static boolean hidesCaches(Path cpuInfo, Path sys) {
        Path cpu = sys.resolve("devices/system/cpu/cpu0");
        return Torch.cpuHas(cpuInfo, "AuthenticAMD")
                && (!Torch.cpuHas(cpuInfo, "topoext")
                        || (Files.isDirectory(cpu) && !Files.exists(cpu.resolve("cache/index0"))));
    }
}
