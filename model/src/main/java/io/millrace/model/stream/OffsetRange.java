package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

/**
 * Records of one partition that a learner has consumed in one epoch, with what became of them.
 *
 * @param start first offset consumed
 * @param end one past the last offset consumed; not each offset between need hold a record, and of
 *     a shuffled epoch that is not over some have not been read yet
 * @param images records that gave a view pair
 * @param rejected records that were set aside as dead letters
 */
public record OffsetRange(
        String topic, int partition, int epoch, long start, long end, long images, long rejected) {

    public OffsetRange {
        requireNonNull(topic, "topic");
        if (start < 0 || end < start || images < 0 || rejected < 0) {
            throw new IllegalArgumentException(
                    "%s-%d: offsets [%d, %d) of %d images and %d rejected records"
                            .formatted(topic, partition, start, end, images, rejected));
        }
    }

    /** The range with one more record. */
    OffsetRange with(long offset, boolean isImage) {
        return new OffsetRange(
                topic,
                partition,
                epoch,
                Math.min(start, offset),
                Math.max(end, offset + 1),
                images + (isImage ? 1 : 0),
                rejected + (isImage ? 0 : 1));
    }
}
