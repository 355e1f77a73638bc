package io.millrace.connectors.kafka;

import org.jspecify.annotations.Nullable;

/** A topic that should be there is not. */
public final class MissingTopicException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MissingTopicException(String topic, String bootstrapServers, @Nullable Throwable cause) {
        super(
                "Topic "
                        + topic
                        + " does not exist at "
                        + bootstrapServers
                        + "; create it or correct the name.",
                cause);
    }
}
