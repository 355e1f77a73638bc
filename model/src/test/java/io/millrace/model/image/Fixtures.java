package io.millrace.model.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.model.parity.ParityFolder;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Large fixtures that are no part of the repository; a test that asks for absent ones is skipped.
 */
public final class Fixtures {

    private static final int BLOCK = 512;
    private static final Pattern PAX_PATH = Pattern.compile("(?m)^\\d+ path=(.*)$");

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

    /** The regular files of an uncompressed tar archive, in its order. */
    public static Map<String, byte[]> archive(Path tar) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        forEach(tar, files::put);
        return files;
    }

    /** The same, one at a time: name and bytes. */
    static void forEach(Path tar, BiConsumer<String, byte[]> consumer) {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(tar)))) {
            byte[] header = new byte[BLOCK];
            String longName = "";
            while (in.readNBytes(header, 0, BLOCK) == BLOCK && header[0] != 0) {
                int size = Integer.parseInt(text(header, 124, 12).trim(), 8);
                byte[] padded = new byte[(size + BLOCK - 1) / BLOCK * BLOCK];
                in.readFully(padded);
                byte[] bytes = Arrays.copyOf(padded, size);
                switch (header[156]) {
                    case '0', 0 -> {
                        consumer.accept(longName.isEmpty() ? name(header) : longName, bytes);
                        longName = "";
                    }
                    case 'L' -> longName = text(bytes, 0, size);
                    case 'x' -> longName = paxName(new String(bytes, StandardCharsets.UTF_8));
                    default -> longName = "";
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(tar.toString(), e);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(tar + " is no uncompressed tar archive", e);
        }
    }

    private static String name(byte[] header) {
        String prefix = text(header, 345, 155);
        String name = text(header, 0, 100);
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    /** Of POSIX's records, "LENGTH KEY=VALUE" a line; empty if none is of the path. */
    private static String paxName(String records) {
        Matcher path = PAX_PATH.matcher(records);
        return path.find() ? path.group(1) : "";
    }

    private static String text(byte[] bytes, int at, int length) {
        int end = at;
        while (end < at + length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, at, end - at, StandardCharsets.UTF_8);
    }
}
