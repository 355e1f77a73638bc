package io.millrace.job.bench;

import io.millrace.model.moco.Moco;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.torch.Torch;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.LongStream;

/** The bare training step on random views: no decoding, no stream. */
final class StepBench {

    private static final int WARM_UP = 5;

    private StepBench() {}

    /** Returns images/s over so many steps. */
    static double imagesPerSecond(MocoSettings settings, int threads, int steps) {
        try (Torch torch = Torch.start(Torch.Target.AUTO, threads);
                Moco moco = Moco.create(settings, torch)) {
            run(settings, moco, WARM_UP);
            long began = System.nanoTime();
            run(settings, moco, steps);
            return (double) steps * settings.batchSize() * 1e9 / (System.nanoTime() - began);
        }
    }

    /** Takes so many steps on the same views, and waits for the device. */
    static void run(MocoSettings settings, Moco moco, int steps) {
        int bytes = settings.batchSize() * settings.side() * settings.side() * 3;
        ByteBuffer query = randomViews(bytes, 1);
        ByteBuffer key = randomViews(bytes, 2);
        long[] images = LongStream.range(0, settings.batchSize()).toArray();
        for (int i = 0; i < steps; i++) {
            moco.step(query.duplicate(), key.duplicate(), images);
        }
        moco.takeStatistics();
    }

    private static ByteBuffer randomViews(int bytes, long seed) {
        byte[] views = new byte[bytes];
        new Random(seed).nextBytes(views);
        return ByteBuffer.allocateDirect(bytes).put(views).flip();
    }
}
