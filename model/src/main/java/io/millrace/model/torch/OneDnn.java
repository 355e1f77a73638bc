package io.millrace.model.torch;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns oneDNN off, which libtorch convolves with on CPUs, where it would compute wrong results.
 *
 * <p>oneDNN cuts its work by the sizes of the caches. AMD's processors tell them in CPUID leaf
 * 0x8000001D, which some virtual machines leave empty; oneDNN 3.5.3 (PyTorch 2.5.1, xbyak_util.h,
 * setCacheHierarchy) then takes each cache for one byte. With AVX-512 it computes wrong features or
 * writes beyond its memory; with AVX2 its reorders leave the padding of channels that do not fill a
 * vector as malloc gave it, and a loss is NaN now and then. PyTorch's own convolutions do not ask
 * for caches. oneDNN 2.7 (PyTorch 2.0) guesses the sizes of AMD's caches everywhere, and is left
 * alone.
 */
public final class OneDnn {

    /** What decides in place of the processor: {@code on} or {@code off}. */
    public static final String VARIABLE = "MILLRACE_ONEDNN";

    private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);
    private static final Path MAPPED = Path.of("/proc/self/maps");
    private static final String LIBRARY = "/libtorch_cpu.so";

    private static volatile boolean off;

    private OneDnn() {}

    /** Turns it off where that is needed, once; before anything is computed. */
    static synchronized void prepare(String pytorch) {
        if (off || !isWanted(System.getenv(VARIABLE), pytorch)) {
            return;
        }
        try {
            NativeLibrary torch = NativeLibrary.getInstance(mapped(Files.readAllLines(MAPPED)));
            // at::globalContext().setUserEnabledMkldnn(false), exported, as the compiler names them
            Pointer context =
                    torch.getFunction("_ZN2at13globalContextEv").invokePointer(new Object[] {});
            torch.getFunction("_ZN2at7Context20setUserEnabledMkldnnEb")
                    .invokeVoid(new Object[] {context, 0});
        } catch (IOException e) {
            throw new UncheckedIOException(MAPPED + ", where libtorch's path is looked up", e);
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "oneDNN must be turned off here, since this machine does not tell it the sizes of its CPU's caches, and that needs JNA and PyTorch "
                            + pytorch
                            + "'s libtorch_cpu.so: put JNA on the class path (on a cluster into Flink's lib), or set "
                            + VARIABLE
                            + "=on in the environment and take wrong results into account",
                    e);
        }
        off = true;
        LOG.warn(
                "oneDNN is off, and convolutions are PyTorch's own, in fp32 unless the settings say otherwise: this machine does not tell oneDNN the sizes of its CPU's caches, or {} says so.",
                VARIABLE);
    }

    /** Whether it is off, in a process that computes. */
    public static boolean isOff() {
        return off;
    }

    private static boolean isWanted(@Nullable String variable, String pytorch) {
        return switch (variable == null ? "" : variable) {
            case "" ->
                    !pytorch.startsWith("2.0.")
                            && hidesCaches(Path.of("/proc/cpuinfo"), Path.of("/sys"));
            case "on" -> false;
            case "off" -> true;
            default ->
                    throw new IllegalArgumentException(
                            VARIABLE + " in the environment must be on or off, got " + variable);
        };
    }

    /** The path of libtorch in this process, from the lines of its map of memory. */
    private static String mapped(List<String> lines) {
        return lines.stream()
                .filter(line -> line.endsWith(LIBRARY))
                .map(line -> line.substring(line.indexOf('/')))
                .findFirst()
                .orElseThrow(() -> new UnsatisfiedLinkError("no " + LIBRARY + " in " + MAPPED));
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
