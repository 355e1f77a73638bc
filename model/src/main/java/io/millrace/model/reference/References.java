package io.millrace.model.reference;

import io.millrace.model.image.Decoding.Reason;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Follows the references of one subtask. Only what the rules allow is opened, and nothing is read
 * beyond the length that the record says; the SHA-256 makes a second pass see the same bytes.
 */
public final class References {

    private final ReferenceRules rules;
    private final int maxBytes;
    private final List<AllowedPrefix> allowed;
    private final WebSource web;

    /**
     * By the rules.
     *
     * @param maxBytes of an image
     */
    public References(ReferenceRules rules, int maxBytes) {
        this.rules = rules;
        this.maxBytes = maxBytes;
        allowed = rules.allow().stream().map(AllowedPrefix::parse).toList();
        web = new WebSource(rules.timeout());
    }

    /** Whether a record's value is a reference, or means to be one. */
    public static boolean isReference(byte[] value) {
        return value.length > 0 && value[0] == '{';
    }

    /** Fetches what the value means; whatever is wrong with it is an answer, not an exception. */
    public Resolution resolve(byte[] value) throws InterruptedException {
        try {
            ImageReference reference = ImageReference.parse(value);
            AllowedPrefix place = requireAllowed(reference);
            if (reference.length() > maxBytes) {
                throw new UnresolvedException(
                        Reason.TOO_MANY_BYTES,
                        "expected at most "
                                + maxBytes
                                + " bytes, got a reference to "
                                + reference.length());
            }
            byte[] bytes = fetchPatiently(reference, place);
            requireSame(reference, bytes);
            return new Resolution.Resolved(bytes);
        } catch (UnresolvedException e) {
            return new Resolution.Unresolved(e.rejected());
        }
    }

    private AllowedPrefix requireAllowed(ImageReference reference) throws UnresolvedException {
        String why = "image.reference.allow holds no prefix of it";
        try {
            AllowedPrefix place = AllowedPrefix.place(reference.uri());
            if (allowed.stream().anyMatch(prefix -> prefix.holds(place))) {
                return place;
            }
        } catch (IllegalArgumentException e) {
            why = String.valueOf(e.getMessage());
        }
        throw new UnresolvedException(
                Reason.REFERENCE_NOT_ALLOWED, reference.uri() + " is not allowed: " + why);
    }

    private byte[] fetchPatiently(ImageReference reference, AllowedPrefix place)
            throws UnresolvedException, InterruptedException {
        long pause = rules.pause().toMillis();
        for (int attempt = 1; ; attempt++) {
            try {
                return place.scheme().equals("file")
                        ? FileSource.read(reference, place, allowed)
                        : web.read(reference);
            } catch (UnresolvedException e) {
                if (!e.isPassing() || attempt >= rules.attempts()) {
                    throw e;
                }
            }
            Thread.sleep(pause);
            pause *= 2;
        }
    }

    private static void requireSame(ImageReference reference, byte[] bytes)
            throws UnresolvedException {
        byte[] sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        if (!MessageDigest.isEqual(sha256, reference.sha256())) {
            throw new UnresolvedException(
                    Reason.REFERENCE_SHA256,
                    "expected SHA-256 "
                            + HexFormat.of().formatHex(reference.sha256())
                            + " of "
                            + reference.uri()
                            + ", got "
                            + HexFormat.of().formatHex(sha256));
        }
    }

    /** Of another length than the record says. */
    static UnresolvedException otherLength(ImageReference reference, String got) {
        return new UnresolvedException(
                Reason.REFERENCE_LENGTH,
                "expected " + reference.length() + " bytes of " + reference.uri() + ", got " + got);
    }
}
