package io.millrace.model.snapshot;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of weights, and which bytes are meant: a file of that path may be another one on another
 * machine or at another time.
 *
 * @param path absolute
 * @param sha256 lower-case hexadecimal
 */
public record WeightsFile(String path, String sha256) implements Serializable {

    private static final int PIECE = 1 << 20;

    public WeightsFile {
        requireNonNull(path, "path");
        requireNonNull(sha256, "sha256");
    }

    /** The file as it is now. */
    public static WeightsFile of(Path file) throws IOException {
        Path real = file.toRealPath();
        return new WeightsFile(real.toString(), digest(real));
    }

    public Path toPath() {
        return Path.of(path);
    }

    /**
     * Checks that these are still the bytes.
     *
     * @throws MalformedSnapshotException if the file cannot be read or holds others
     */
    public void verify() {
        String found;
        try {
            found = digest(toPath());
        } catch (IOException e) {
            // Without a cause: the innermost message is what users get to see.
            throw new MalformedSnapshotException(
                    "%s cannot be read (%s); every machine that trains needs it under this path, as long as the run goes on"
                            .formatted(path, e.getClass().getSimpleName()));
        }
        if (!found.equals(sha256)) {
            throw new MalformedSnapshotException(
                    "%s: expected SHA-256 %s, which the run was given, got %s; put that file back"
                            .formatted(path, sha256, found));
        }
    }

    private static String digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
