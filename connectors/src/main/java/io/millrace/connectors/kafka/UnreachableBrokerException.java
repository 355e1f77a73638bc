package io.millrace.connectors.kafka;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** No broker answered in time. */
public final class UnreachableBrokerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnreachableBrokerException(
            String bootstrapServers, Duration waited, @Nullable Throwable cause) {
        super(
                "No Kafka broker answered at "
                        + bootstrapServers
                        + " within "
                        + waited.toSeconds()
                        + " s; check the address, that the broker runs, and its advertised"
                        + " listeners.",
                cause);
    }
}
