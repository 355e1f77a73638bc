package io.millrace.connectors.replay;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/** Records that a replay needs have been deleted; a restart does not bring them back. */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class LostOffsetsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LostOffsetsException(String topic, int partition, long wanted, long earliest) {
        super(
                topic
                        + "-"
                        + partition
                        + ": the replay needs offset "
                        + wanted
                        + " but the earliest available is "
                        + earliest
                        + "; raise the topic's retention, or start anew with the range that is"
                        + " left.");
    }
}
