package io.millrace.model.moco;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.SplitMix;
import io.millrace.model.torch.Torch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * How fast is a bare training step? For every line of standard input takes one step and prints its
 * milliseconds, of wall and of CPU time, so that a script can take turns with another
 * implementation on the same machine.
 *
 * <p>Arguments: width, blocks (1,1,1,1), batch, splits, precision, threads.
 */
final class StepBenchmark {

    private StepBenchmark() {}

    public static void main(String[] args) throws IOException {
        int batch = Integer.parseInt(args[2]);
        List<Integer> blocks = Stream.of(args[1].split(",", -1)).map(Integer::valueOf).toList();
        Architecture architecture =
                new Architecture(
                        Architecture.Block.BASIC,
                        Architecture.Stem.CIFAR,
                        Integer.parseInt(args[0]),
                        blocks);
        MocoSettings settings =
                new MocoSettings(
                        new EncoderSettings(
                                architecture,
                                new Head(Head.Kind.MLP, 128),
                                Normalization.CIFAR10,
                                Precision.valueOf(args[4])),
                        32,
                        batch,
                        new Contrast(4096, 0.1, 0.99),
                        new BatchNormSplits(Integer.parseInt(args[3]), true),
                        new Sgd(0.03, 0.9, 5e-4),
                        Schedule.CONSTANT,
                        0);
        try (Torch torch = Torch.start(Torch.Target.AUTO, Integer.parseInt(args[5]));
                Moco moco = Moco.create(settings, torch);
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            ByteBuffer query = views(batch, 0);
            ByteBuffer key = views(batch, 1);
            while (lines.readLine() != null) {
                long start = System.nanoTime();
                long busy = cpuNanos();
                moco.step(query, key);
                moco.takeStatistics();
                System.out.printf(
                        "%.3f %.3f%n",
                        (System.nanoTime() - start) / 1e6, (cpuNanos() - busy) / 1e6);
            }
        }
    }

    /** CPU time of all threads of this process, which other processes disturb less. */
    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static ByteBuffer views(int batch, long number) {
        SplitMix random = SplitMix.of(1, number);
        ByteBuffer views = ByteBuffer.allocateDirect(batch * 32 * 32 * 3);
        for (int i = 0; i < views.capacity(); i++) {
            views.put(i, (byte) random.bits(i));
        }
        return views;
    }
}
