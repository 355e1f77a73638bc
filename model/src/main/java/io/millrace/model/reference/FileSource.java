package io.millrace.model.reference;

import io.millrace.model.image.Decoding.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Files below an allowed folder, links followed only where they stay below one. */
final class FileSource {

    private FileSource() {}

    static byte[] read(ImageReference reference, AllowedPrefix place, List<AllowedPrefix> allowed)
            throws UnresolvedException {
        try {
            Path file = Path.of(place.path()).toRealPath();
            if (!liesBelow(file, allowed)) {
                throw new UnresolvedException(
                        Reason.REFERENCE_NOT_ALLOWED,
                        reference.uri() + " links to " + file + ", outside the allowed folders");
            }
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new UnresolvedException(
                        Reason.REFERENCE_MISSING,
                        "expected a file, got something else: " + reference.uri());
            }
            return read(reference, file);
        } catch (NoSuchFileException e) {
            throw new UnresolvedException(
                    Reason.REFERENCE_MISSING, "there is no file " + reference.uri());
        } catch (InvalidPathException e) {
            throw new UnresolvedException(
                    Reason.REFERENCE_MISSING, "no name of a file: " + reference.uri());
        } catch (IOException e) {
            throw UnresolvedException.passing("cannot read " + reference.uri() + ": " + e);
        }
    }

    private static boolean liesBelow(Path file, List<AllowedPrefix> allowed) throws IOException {
        for (AllowedPrefix prefix : allowed) {
            if (prefix.scheme().equals("file")) {
                Path folder = Path.of(prefix.path());
                if (Files.isDirectory(folder) && file.startsWith(folder.toRealPath())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static byte[] read(ImageReference reference, Path file)
            throws IOException, UnresolvedException {
        int length = (int) reference.length();
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            long size = Files.size(file);
            byte[] bytes = size == length ? in.readNBytes(length) : new byte[0];
            if (bytes.length != length || in.read() != -1) {
                throw References.otherLength(reference, "a file of " + size);
            }
            return bytes;
        }
    }
}
