package io.millrace.model.reference;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Which references may be followed, and how patiently.
 *
 * @param allow URI prefixes of scheme, host and folder, each with a slash at its end, such as
 *     {@code https://cdn.example.com/images/} or {@code file:///data/photos/}; none allows nothing
 * @param timeout of an attempt, from the connection to the last byte
 * @param attempts at most, when a failure may pass
 * @param pause before the second attempt; doubled before each further one
 */
public record ReferenceRules(List<String> allow, Duration timeout, int attempts, Duration pause)
        implements Serializable {

    /** No reference is followed. */
    public static final ReferenceRules NONE = allowing(List.of());

    public ReferenceRules {
        allow = List.copyOf(allow);
        allow.forEach(AllowedPrefix::parse);
        if (timeout.isNegative() || timeout.isZero() || attempts < 1 || pause.isNegative()) {
            throw new IllegalArgumentException(
                    "references need a time-out above 0, 1 attempt or more and a pause of 0 or"
                            + " more, got "
                            + timeout
                            + ", "
                            + attempts
                            + ", "
                            + pause);
        }
    }

    /** Those prefixes, with 20 s an attempt, three of them, half a second after the first. */
    public static ReferenceRules allowing(List<String> prefixes) {
        return new ReferenceRules(prefixes, Duration.ofSeconds(20), 3, Duration.ofMillis(500));
    }
}
