package io.millrace.model.snapshot;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import org.jspecify.annotations.Nullable;

/**
 * JSON escapes as the reference writer's serde_json has them: Jackson's, but for control characters
 * without a short form, which get lower-case hexadecimal digits.
 */
final class SerdeEscapes extends CharacterEscapes {

    private static final long serialVersionUID = 1L;

    private static final int[] CODES = codes();

    private static int[] codes() {
        int[] codes = standardAsciiEscapesForJSON();
        for (int c = 0; c < ' '; c++) {
            if (codes[c] == ESCAPE_STANDARD) {
                codes[c] = ESCAPE_CUSTOM;
            }
        }
        return codes;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
        return CODES.clone();
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
        return c < ' ' ? new SerializedString(String.format("\\u%04x", c)) : null;
    }
}
