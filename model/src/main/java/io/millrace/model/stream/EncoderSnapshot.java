package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

/**
 * The query encoder as published: two whole files in memory, where that is small; a job sends
 * {@link SnapshotPart}s.
 *
 * @param progress where training stood
 * @param weights the bytes of {@code model.safetensors}, torchvision's names
 * @param head the bytes of {@code head.safetensors}, the projection head; empty for none
 * @param completed whether the input has ended and this is the run's last
 */
public record EncoderSnapshot(Progress progress, byte[] weights, byte[] head, boolean completed) {

    public EncoderSnapshot {
        requireNonNull(progress, "progress");
        requireNonNull(weights, "weights");
        requireNonNull(head, "head");
    }
}
