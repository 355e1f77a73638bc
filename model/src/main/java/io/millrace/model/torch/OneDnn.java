package io.millrace.model.torch;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
 * while an encoder with such channels computes, and NNPACK, which cuts by caches too, with it:
 * PyTorch's own convolutions are left. oneDNN 2.7 (PyTorch 2.0) guesses the sizes of AMD's caches
 * everywhere, and is left alone.
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

    /** What they may say without going beyond AVX2. */
    private static final List<String> HELD = List.of("SSE41", "AVX", "AVX2");

    private static final Object[] AVX2 = {INSTRUCTIONS.get(0), "AVX2", 1};
    private static final String BLIND =
            "this machine does not tell it the sizes of its CPU's caches";

    /** Floats of AVX2. */
    private static final int VECTOR = 8;

    /** dlopen's RTLD_LAZY and RTLD_NOLOAD: the library that is there, its symbols as they were. */
    private static final Map<String, Object> AS_LOADED = Map.of(Library.OPTION_OPEN_FLAGS, 1 | 4);

    private static volatile @Nullable Use use;
    private static @Nullable NativeLibrary torch;

    private OneDnn() {}

    /** Decides how it is used, once; before anything is computed. */
    static synchronized void prepare(String pytorch) {
        if (use != null) {
            return;
        }
        String said = Objects.requireNonNullElse(System.getenv(VARIABLE), "");
        Use wanted = wanted(said, pytorch);
        if (wanted == Use.CAREFUL && INSTRUCTIONS.stream().noneMatch(OneDnn::isHeld)) {
            // libtorch reads the process's own environment, which Java cannot change.
            call(() -> Function.getFunction("c", "setenv").invokeInt(AVX2));
        } else if (wanted == Use.OFF) {
            enable(false);
        }
        use = wanted;
        if (wanted != Use.ON) {
            LOG.warn(
                    "oneDNN is {}, since {}; precision auto is fp32",
                    wanted == Use.OFF
                            ? "off"
                            : "held to AVX2, and off for encoders whose width is no multiple of 8",
                    said.isEmpty()
                            ? BLIND + " (" + VARIABLE + "=on if that is wrong)"
                            : VARIABLE + " says so");
        }
    }

    private static boolean isHeld(String variable) {
        return HELD.contains(String.valueOf(System.getenv(variable)));
    }

    /** How it is used, in a process that computes. */
    public static Use use() {
        Use decided = use;
        return decided == null ? Use.ON : decided;
    }

    /**
     * Readies it for an encoder's passes and their gradients. It is one setting for the process, so
     * an encoder of another width must not come between a pass and its gradient.
     *
     * @param width of the encoder, which all channels but an image's are multiples of
     */
    public static synchronized void suit(int width) {
        if (use == Use.CAREFUL) {
            enable(width % VECTOR == 0);
        }
    }

    /** Has libtorch use it or not, from now on, in all threads. */
    private static void enable(boolean wanted) {
        call(
                () -> {
                    // at::globalContext().setUserEnabledMkldnn(wanted), exported under these names
                    Pointer context =
                            torch().getFunction("_ZN2at13globalContextEv")
                                    .invokePointer(new Object[] {});
                    Object[] arguments = {context, wanted ? 1 : 0};
                    torch().getFunction("_ZN2at7Context20setUserEnabledMkldnnEb")
                            .invokeVoid(arguments);
                    try {
                        torch().getFunction("_ZN2at7Context20setUserEnabledNNPACKEb")
                                .invokeVoid(arguments);
                    } catch (UnsatisfiedLinkError e) {
                        LOG.debug("PyTorch 2.0 has no switch for NNPACK");
                    }
                });
    }

    private static NativeLibrary torch() {
        NativeLibrary found = torch;
        if (found == null) {
            found = NativeLibrary.getInstance(mapped(), AS_LOADED);
            torch = found;
        }
        return found;
    }

    private static void call(Runnable nativeCall) {
        try {
            nativeCall.run();
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "keeping oneDNN from wrong results on a machine that does not tell the sizes of its CPU's caches needs Linux, JNA and libtorch_cpu.so: put JNA on the class path (on a cluster into Flink's lib), or set "
                            + VARIABLE
                            + "=on in the environment and take wrong results into account",
                    e);
        }
    }

    private static Use wanted(String variable, String pytorch) {
        if (variable.isEmpty()) {
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
            throw new UnsatisfiedLinkError("cannot look libtorch's path up: " + e);
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
