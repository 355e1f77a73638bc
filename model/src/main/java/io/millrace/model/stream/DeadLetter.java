package io.millrace.model.stream;

import static java.util.Objects.requireNonNull;

/**
 * A record that could not be trained on, with the reason and its original bytes.
 *
 * @param reason a stable, documented identifier such as {@code TRUNCATED}; see {@code
 *     io.millrace.model.image.Decoding.Reason}; {@code UNKNOWN_LEARNER} for a record of a learner
 *     that the job does not train
 * @param detail what was expected and what came, for a person
 */
public record DeadLetter(Frame frame, String reason, String detail) {

    public DeadLetter {
        requireNonNull(frame, "frame");
        requireNonNull(reason, "reason");
        requireNonNull(detail, "detail");
    }
}
