package io.millrace.operators;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.moco.BatchNormSplits;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.EncoderSettings;
import io.millrace.model.moco.Moco;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.moco.Sgd;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.Torch;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;

/**
 * What does a checkpoint cost? Prints a line for each, by parts, and the time of a restore.
 *
 * <p>Arguments: {@code resnet50}, {@code small} or {@code middling}; K; {@code hashmap} or {@code
 * rocksdb}; rounds; a directory on the disk to measure.
 */
final class CheckpointBenchmark {

    private static final double MINUTE_MILLIS = 60_000;

    private CheckpointBenchmark() {}

    public static void main(String[] words) throws Exception {
        TrainSettings settings = settings(words[0], Integer.parseInt(words[1]));
        int rounds = Integer.parseInt(words[3]);
        Path directory = Files.createTempDirectory(Path.of(words[4]), "checkpoints");
        print("copy from the device %.0f ms", copyMillis(settings.moco()));
        CheckpointRun.Cost last = null;
        try (var run = new CheckpointRun(settings, backend(words[2]), directory)) {
            run.open();
            run.step(1);
            for (int round = 0; round < rounds; round++) {
                double step = run.step(1);
                System.gc();
                long used = used();
                heap().forEach(MemoryPoolMXBean::resetPeakUsage);
                last = run.checkpoint();
                print(
                        "%s %s: pause %.0f ms (copy and send %.0f, stage %.0f, state %.0f), async %.0f ms, heap allocated %.1f MiB, peak growth %.1f MiB, step %.0f ms, of a minute %.2f %%",
                        words[0],
                        words[2],
                        last.pauseMillis(),
                        last.copyMillis(),
                        last.stageMillis(),
                        last.pauseMillis() - last.copyMillis() - last.stageMillis(),
                        last.asyncMillis(),
                        mebi(last.heapBytes()),
                        mebi(peak() - used),
                        step,
                        100 * (last.pauseMillis() + last.asyncMillis()) / MINUTE_MILLIS);
            }
        }
        if (last != null) {
            try (var run = new CheckpointRun(settings, backend(words[2]), directory)) {
                print("restore %.0f ms", run.open(last.state()));
            }
        }
    }

    /** What the trainer must copy anyway: its state, and the published encoder. */
    private static double copyMillis(MocoSettings settings) {
        try (Torch torch = Torch.start(Torch.Target.AUTO, 2);
                Moco moco = Moco.create(settings, torch)) {
            double least = Double.MAX_VALUE;
            for (int i = 0; i < 3; i++) {
                long began = System.nanoTime();
                moco.state();
                moco.backbone();
                moco.head();
                least = Math.min(least, (System.nanoTime() - began) / 1e6);
            }
            return least;
        }
    }

    static TrainSettings settings(String encoder, int queueCapacity) {
        Architecture architecture =
                switch (encoder) {
                    case "resnet50" ->
                            new Architecture(
                                    Architecture.Block.BOTTLENECK,
                                    Architecture.Stem.IMAGENET,
                                    64,
                                    List.of(3, 4, 6, 3));
                    case "middling" ->
                            new Architecture(
                                    Architecture.Block.BASIC,
                                    Architecture.Stem.CIFAR,
                                    64,
                                    List.of(1, 1, 1, 1));
                    default ->
                            new Architecture(
                                    Architecture.Block.BASIC,
                                    Architecture.Stem.CIFAR,
                                    32,
                                    List.of(1, 1, 1, 1));
                };
        var moco =
                new MocoSettings(
                        new EncoderSettings(
                                architecture,
                                new Head(Head.Kind.MLP, 128),
                                Normalization.CIFAR10,
                                Precision.FP32),
                        32,
                        8,
                        new Contrast(queueCapacity, 0.2, 0.999),
                        new BatchNormSplits(2, true),
                        new Sgd(0.03, 0.9, 1e-4),
                        Schedule.CONSTANT,
                        1);
        return new TrainSettings(moco, 2, TrainSettings.Probed.NONE, 1000);
    }

    private static StateBackend backend(String name) {
        return name.equals("rocksdb")
                ? new EmbeddedRocksDBStateBackend(false)
                : new HashMapStateBackend();
    }

    private static List<MemoryPoolMXBean> heap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }

    private static long used() {
        return heap().stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
    }

    private static long peak() {
        return heap().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    }

    private static double mebi(long bytes) {
        return bytes / (double) (1 << 20);
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
