package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

/**
 * The query encoder as published: two whole files, and what stands for the rest.
 *
 * @param progress where training stood
 * @param weights the bytes of {@code model.safetensors}, torchvision's names
 * @param head the bytes of {@code head.safetensors}, the projection head; empty for none
 * @param queueSha256 SHA-256 of the queue's keys that were trained against next, lower-case
 *     hexadecimal; empty where there is no queue
 * @param completed whether the input has ended and this is the run's last
 */
public record EncoderSnapshot(
        Progress progress, byte[] weights, byte[] head, String queueSha256, boolean completed) {

    public EncoderSnapshot {
        requireNonNull(progress, "progress");
        requireNonNull(weights, "weights");
        requireNonNull(head, "head");
        requireNonNull(queueSha256, "queueSha256");
    }

    /** Of a learner without a queue. */
    public EncoderSnapshot(Progress progress, byte[] weights, byte[] head, boolean completed) {
        this(progress, weights, head, "", completed);
    }
}
