package io.millrace.model.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of numbers as they come, floats as four bytes and longs as eight, little-endian. */
public final class FloatDigest {

    /** Bytes that numbers are laid out in at a time. */
    private static final int PIECE = 64 << 10;

    private final MessageDigest digest;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);

    public FloatDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Adds floats by their bits. */
    public FloatDigest add(float[] values) {
        int at = 0;
        while (at < values.length) {
            int count = Math.min(PIECE / Float.BYTES, values.length - at);
            piece.clear().asFloatBuffer().put(values, at, count);
            digest.update(piece.limit(count * Float.BYTES));
            at += count;
        }
        return this;
    }

    /** Adds a whole number. */
    public FloatDigest add(long value) {
        piece.clear().putLong(value).flip();
        digest.update(piece);
        return this;
    }

    /** Adds bytes. */
    public FloatDigest add(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    /** The hash of all that was added, lower-case hexadecimal; nothing can be added afterwards. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
