package io.millrace.model.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.model.parity.ParityFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Large fixtures that are no part of the repository; a test that asks for absent ones is skipped.
 */
public final class Fixtures {

    private static final int BLOCK = 512;

    private Fixtures() {}

    /**
     * A file of the parity fixtures: of the folder that {@code -Dmillrace.parity} names, or else of
     * the shared one.
     */
    public static Path parity(String name) {
        Optional<Path> file = ParityFolder.find(name);
        assumeTrue(
                file.isPresent(),
                () ->
                        "no "
                                + name
                                + " in "
                                + System.getProperty(ParityFolder.PROPERTY, "../../shared/parity")
                                + ": skipped");
        return file.orElseThrow();
    }

    /** A file of the data sets: of the folder that {@code -Dmillrace.data} names. */
    public static Path data(String name) {
        return file("millrace.data", "../../shared/data", name);
    }

    /** A file of the PyTorch program that this one is measured against: {@code -Dmillrace.peer}. */
    public static Path peer(String name) {
        return file("millrace.peer", "../../shared/peer", name);
    }

    private static Path file(String property, String shared, String name) {
        String value = System.getProperty(property);
        Path folder = value == null ? Path.of(shared) : ParityFolder.named(property, value);
        Path file = folder.resolve(name);
        assumeTrue(
                Files.isRegularFile(file),
                () -> file.toAbsolutePath() + " is absent; give its folder by -D" + property);
        return file;
    }

    /** The regular files of an uncompressed ustar archive, in its order. */
    public static Map<String, byte[]> archive(Path tar) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int at = 0; at + BLOCK <= bytes.length && bytes[at] != 0; ) {
            String prefix = text(bytes, at + 345, 155);
            String name = text(bytes, at, 100);
            int size = Integer.parseInt(text(bytes, at + 124, 12).trim(), 8);
            at += BLOCK;
            char type = (char) bytes[at - BLOCK + 156];
            if (type == '0' || type == 0) {
                String path = prefix.isEmpty() ? name : prefix + "/" + name;
                files.put(path, Arrays.copyOfRange(bytes, at, at + size));
            }
            at += (size + BLOCK - 1) / BLOCK * BLOCK;
        }
        return files;
    }

    private static String text(byte[] bytes, int at, int length) {
        int end = at;
        while (end < at + length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, at, end - at, StandardCharsets.UTF_8);
    }
}
