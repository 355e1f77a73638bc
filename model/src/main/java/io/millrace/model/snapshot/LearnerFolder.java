package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;

/** The name of a learner's folder, whatever the learner is called. */
final class LearnerFolder {

    private static final int MAX_NAME = 100;

    private LearnerFolder() {}

    /**
     * What is not a letter, a digit, {@code _}, {@code -} or an inner dot is written as {@code %}
     * and hexadecimal bytes.
     */
    static String name(String learner) {
        StringBuilder name = new StringBuilder();
        for (byte b : learner.getBytes(UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-');
            if (plain || (c == '.' && name.length() > 0)) {
                name.append(c);
            } else {
                name.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        if (name.length() == 0 || name.length() > MAX_NAME) {
            String hash = SnapshotManifest.sha256(learner.getBytes(UTF_8));
            name.setLength(Math.min(name.length(), MAX_NAME - 33));
            name.append('%').append(hash, 0, 32);
        }
        return name.toString();
    }
}
