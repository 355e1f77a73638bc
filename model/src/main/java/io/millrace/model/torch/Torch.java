package io.millrace.model.torch;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PyTorch in this JVM, on one device with a number of threads.
 *
 * <p>Only one gradient collector may be open in a JVM at a time (DJL keeps a static flag): one
 * trainer per process, or trainers that take turns.
 */
public final class Torch implements AutoCloseable {

    static final String ENGINE = "PyTorch";

    private static final Logger LOG = LoggerFactory.getLogger(Torch.class);
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Where to compute. */
    public enum Target {
        /** The first GPU if there is one, else the CPU. */
        AUTO,
        CPU,
        GPU
    }

    private final Engine engine;
    private final Device device;
    private final int threads;
    private final NDManager manager;
    private final Operations operations;

    private Torch(Engine engine, Device device, int threads) {
        this.engine = engine;
        this.device = device;
        this.threads = threads;
        this.manager = NDManager.newBaseManager(device, ENGINE);
        this.operations = new Operations(manager);
    }

    /**
     * Loads PyTorch, if it is not loaded yet, without touching the network.
     *
     * @param threads of one operation on the CPU, 1 or more; results are bit-reproducible at a
     *     fixed number
     */
    public static Torch start(Target target, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("torch threads must be positive, got " + threads);
        }
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        // No profiling runs of scripts: the first call must compute what all later ones do.
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        Engine engine = Engine.getEngine(ENGINE);
        Device device = device(engine, target);
        if (!device.isGpu()) {
            OneDnn.prepare(engine.getVersion());
        }
        JniUtils.setNumThreads(threads);
        return new Torch(engine, device, threads);
    }

    private static Device device(Engine engine, Target target) {
        boolean gpu = engine.getGpuCount() > 0;
        if (target == Target.GPU && !gpu) {
            throw new IllegalStateException(
                    "a GPU was asked for, but PyTorch "
                            + engine.getVersion()
                            + " sees none; use a CUDA build of the natives and check the driver,"
                            + " or choose cpu");
        }
        return gpu && target != Target.CPU ? Device.gpu() : Device.cpu();
    }

    /**
     * Readies the calling thread, once before it computes: libtorch keeps the number of threads and
     * whether gradients are recorded per thread.
     */
    public void enter() {
        JniUtils.setNumThreads(threads);
        JniUtils.setGradMode(false);
    }

    /**
     * Readies the calling thread to make, read and write arrays, in a thread of its own alone: a
     * team of OpenMP's for each of two threads would have more threads than there are cores, and
     * then none of them waits actively ({@code GOMP_SPINCOUNT}).
     */
    public void enterToCopy() {
        JniUtils.setNumThreads(1);
        JniUtils.setGradMode(false);
    }

    /** Starts recording what backward needs; one at a time in a JVM. */
    public GradientCollector record() {
        return engine.newGradientCollector();
    }

    /** A new owner of arrays on this device. */
    public NDManager newManager() {
        return manager.newSubManager();
    }

    /** Arrays that live in this JVM, whoever made them. */
    public int liveArrays() {
        return manager.getParentManager().getManagedArrays().size();
    }

    public Operations operations() {
        return operations;
    }

    public Device device() {
        return device;
    }

    /** Whether the device is a GPU. */
    public boolean isGpu() {
        return device.isGpu();
    }

    /** PyTorch's version, for example 2.5.1. */
    public String version() {
        return engine.getVersion();
    }

    /** FP32 or BF16: what {@code wanted} means on this device. */
    public Precision resolve(Precision wanted) {
        if (wanted == Precision.BF16 && sumsInBf16()) {
            LOG.warn(
                    "PyTorch {} sums the gradients of bf16 convolutions in bf16 on this CPU:"
                            + " over 25,000 positions they are 17 % off. Compute in fp32, with a"
                            + " newer PyTorch or on a GPU.",
                    version());
        }
        if (wanted != Precision.AUTO) {
            return wanted;
        }
        boolean bf16 =
                device.isGpu() || (OneDnn.use() == OneDnn.Use.ON && cpuMultipliesBf16(CPU_INFO));
        return bf16 ? Precision.BF16 : Precision.FP32;
    }

    /**
     * Whether the gradient of a bf16 convolution's weights is rounded to bf16 after every addition:
     * PyTorch 2.0 does so on a CPU unless it has oneDNN and AVX-512. Measured as the relative error
     * (Frobenius norm) of a gradient: 1.7 % over 196 positions, 17 % over 25,088.
     */
    public boolean sumsInBf16() {
        return !device.isGpu() && sumsInBf16(version(), OneDnn.use() == OneDnn.Use.ON, CPU_INFO);
    }

    static boolean sumsInBf16(String version, boolean oneDnn, Path cpuInfo) {
        return version.startsWith("2.0.") && !(oneDnn && cpuHas(cpuInfo, "avx512bw"));
    }

    /** Whether the kernel reports AVX512-BF16 or AMX-BF16; false where it reports nothing. */
    static boolean cpuMultipliesBf16(Path cpuInfo) {
        return cpuHas(cpuInfo, "avx512_bf16") || cpuHas(cpuInfo, "amx_bf16");
    }

    static boolean cpuHas(Path cpuInfo, String flag) {
        try {
            return Files.readString(cpuInfo, UTF_8).contains(flag);
        } catch (IOException noSuchFile) {
            return false;
        }
    }

    @Override
    public void close() {
        operations.close();
        manager.close();
    }
}
