package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

/**
 * The query encoder as published: one whole model file.
 *
 * @param progress where training stood
 * @param weights the bytes of {@code model.safetensors}, torchvision's names
 * @param completed whether the input has ended and this is the run's last
 */
public record EncoderSnapshot(Progress progress, byte[] weights, boolean completed) {

    public EncoderSnapshot {
        requireNonNull(progress, "progress");
        requireNonNull(weights, "weights");
    }
}
