package io.millrace.model.image;

import io.millrace.model.image.Decoding.Reason;
import java.nio.charset.StandardCharsets;

/** Encoded bytes, read by position; reading past their end means that they are truncated. */
record Bytes(byte[] array) {

    int length() {
        return array.length;
    }

    int u8(long at) throws RejectedException {
        if (at < 0 || at >= array.length) {
            throw new RejectedException(
                    Reason.TRUNCATED,
                    "the header needs byte " + at + ", there are " + array.length + " bytes");
        }
        return array[(int) at] & 0xff;
    }

    int u16(long at) throws RejectedException {
        return (u8(at) << 8) | u8(at + 1);
    }

    long u32(long at) throws RejectedException {
        return ((long) u16(at) << 16) | u16(at + 2);
    }

    int u16LittleEndian(long at) throws RejectedException {
        return u8(at) | (u8(at + 1) << 8);
    }

    long u32LittleEndian(long at) throws RejectedException {
        return u16LittleEndian(at) | ((long) u16LittleEndian(at + 2) << 16);
    }

    /** Whether the ISO 8859-1 characters of text stand at a position. */
    boolean holds(int at, String text) {
        if (at + text.length() > array.length) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if ((array[at + i] & 0xff) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Up to the first eight bytes, in hexadecimal. */
    String beginning() {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Math.min(8, array.length); i++) {
            hex.append(String.format("%02x", array[i] & 0xff));
        }
        return hex.toString();
    }

    String ascii(int at, int count) {
        return new String(array, at, count, StandardCharsets.ISO_8859_1);
    }
}
