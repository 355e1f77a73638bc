package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

/**
 * The records of one partition that a learner has consumed in one epoch.
 *
 * @param start first offset consumed
 * @param end one past the last offset consumed
 */
public record OffsetRange(String topic, int partition, int epoch, long start, long end) {

    public OffsetRange {
        requireNonNull(topic, "topic");
        if (start < 0 || end < start) {
            throw new IllegalArgumentException(
                    topic + "-" + partition + ": offsets [" + start + ", " + end + ")");
        }
    }
}
