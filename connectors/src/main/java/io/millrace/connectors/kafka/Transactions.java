package io.millrace.connectors.kafka;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * The transactions of an exactly-once sink.
 *
 * @param idPrefix unique to the sink of this job among all that share the brokers
 * @param timeout how long a job may stand still before the brokers give its output up; at most the
 *     brokers' {@code transaction.max.timeout.ms}
 */
public record Transactions(String idPrefix, Duration timeout) implements Serializable {

    /** What brokers allow unless told otherwise. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(15);

    public Transactions {
        requireNonNull(idPrefix, "idPrefix");
        requireNonNull(timeout, "timeout");
        if (idPrefix.isBlank()) {
            throw new IllegalArgumentException(
                    "expected a transactional id prefix, unique to this job and sink, got none");
        }
    }

    /** With the timeout that any broker allows. */
    public static Transactions named(String idPrefix) {
        return new Transactions(idPrefix, DEFAULT_TIMEOUT);
    }
}
