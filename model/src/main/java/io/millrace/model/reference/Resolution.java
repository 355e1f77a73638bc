package io.millrace.model.reference;

import static java.util.Objects.requireNonNull;

import io.millrace.model.image.Decoding;

/** What became of a reference: the bytes that it means, or a reason to set the record aside. */
public sealed interface Resolution {

    /** The bytes, of the length and the SHA-256 that the record says. */
    record Resolved(byte[] bytes) implements Resolution {
        public Resolved {
            requireNonNull(bytes, "bytes");
        }
    }

    /** No bytes, and why. */
    record Unresolved(Decoding.Rejected rejected) implements Resolution {
        public Unresolved {
            requireNonNull(rejected, "rejected");
        }
    }
}
