package io.millrace.operators;

import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.MocoSettings;

/** What a checkpoint's tensors must fit, in words: two that fit have the same. */
final class CheckpointShape {

    private CheckpointShape() {}

    static String of(MocoSettings settings) {
        return settings.encoder().architecture()
                + ", "
                + settings.encoder().head()
                + ", "
                + keys(settings.contrast(), settings.batchSize());
    }

    private static String keys(Contrast contrast, int batchSize) {
        return switch (contrast.mechanism()) {
            case MOMENTUM_QUEUE ->
                    "queue of "
                            + contrast.queueCapacity()
                            + " in entries of "
                            + batchSize
                            + " (training.batch-size)";
            case MEMORY_BANK -> "memory bank of " + contrast.bank().capacity();
            case MOMENTUM_BATCH, END_TO_END -> contrast.mechanism() + ", no queue";
        };
    }
}
