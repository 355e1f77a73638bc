package io.millrace.model.moco;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.SplitMix;
import java.nio.ByteBuffer;
import java.util.List;

/** Small settings and seeded batches for tests. */
final class Samples {

    static final int SIDE = 16;
    static final int BATCH = 8;
    static final int D = 16;
    static final Contrast CONTRAST = new Contrast(20, 0.2, 0.9);
    static final Sgd SGD = new Sgd(0.1, 0.9, 5e-4);

    private Samples() {}

    static MocoSettings settings(Precision precision, Contrast contrast) {
        return settings(Head.Kind.MLP, precision, contrast, new BatchNormSplits(2, true), SGD);
    }

    static MocoSettings settings(
            Head.Kind head,
            Precision precision,
            Contrast contrast,
            BatchNormSplits splits,
            Sgd sgd) {
        return settings(new Head(head, D), precision, contrast, splits, sgd);
    }

    static MocoSettings settings(Head head, Contrast contrast) {
        return settings(head, Precision.FP32, contrast, new BatchNormSplits(2, true), SGD);
    }

    private static MocoSettings settings(
            Head head, Precision precision, Contrast contrast, BatchNormSplits splits, Sgd sgd) {
        return new MocoSettings(
                new EncoderSettings(
                        new Architecture(
                                Architecture.Block.BASIC,
                                Architecture.Stem.CIFAR,
                                8,
                                List.of(1, 1)),
                        head,
                        Normalization.CIFAR10,
                        precision),
                SIDE,
                BATCH,
                contrast,
                splits,
                sgd,
                new Schedule(Schedule.Kind.COSINE, 100),
                7);
    }

    static MocoSettings settings() {
        return settings(Precision.FP32, CONTRAST);
    }

    /** (BATCH, SIDE, SIDE, 3) random bytes, a pure function of the number. */
    static ByteBuffer views(long number) {
        SplitMix random = SplitMix.of(99, number);
        ByteBuffer views = ByteBuffer.allocateDirect(BATCH * SIDE * SIDE * 3);
        for (int i = 0; i < views.capacity(); i++) {
            views.put(i, (byte) random.bits(i));
        }
        return views;
    }

    /** Takes the steps after {@code from}, up to {@code to}, on batches numbered by them. */
    static void steps(Moco moco, int from, int to) {
        for (int s = from; s < to; s++) {
            moco.step(views(2L * s), views(2L * s + 1));
        }
    }
}
