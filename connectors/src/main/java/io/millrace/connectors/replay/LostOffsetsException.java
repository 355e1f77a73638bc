package io.millrace.connectors.replay;

/** Records that a replay needs have been deleted. */
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
