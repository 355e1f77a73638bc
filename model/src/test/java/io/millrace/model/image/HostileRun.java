package io.millrace.model.image;

import io.millrace.model.image.Decoding.Decoded;
import io.millrace.model.image.Decoding.Rejected;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Decodes every file of an archive in a process of its own, where a crash hurts nobody and the
 * native error output can be seen. Prints a line a file: name, outcome, the pixels' SHA-256 or what
 * was wrong, milliseconds; then how much the heap grew in later passes, and how much the process
 * grew in the one of them in which it grew the least: what leaks does in each, and the compiler in
 * some.
 *
 * <p>Arguments: the archive, {@code system} or {@code jdk}.
 */
public final class HostileRun {

    private static final int PASSES = 5;
    private static final char TAB = '\t';

    private HostileRun() {}

    public static void main(String[] arguments) throws Exception {
        Path archive = Path.of(arguments[0]);
        NativeCodecs codecs =
                arguments[1].equals("jdk") ? NativeCodecs.NONE : NativeCodecs.system();
        try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, codecs)) {
            Fixtures.forEach(archive, (name, bytes) -> report(decoder, name, bytes));
            long heap = pass(decoder, archive);
            long resident = resident();
            long grown = 0;
            long leaked = Long.MAX_VALUE;
            for (int i = 1; i < PASSES; i++) {
                grown = pass(decoder, archive) - heap;
                System.out.println("pass" + TAB + i);
                long now = resident();
                leaked = Math.min(leaked, now - resident);
                resident = now;
            }
            System.out.println("heap grew by" + TAB + grown);
            System.out.println("process grew by" + TAB + leaked);
        }
    }

    private static void report(ImageDecoder decoder, String name, byte[] bytes) {
        // Announced before: the last line of a process that died names the culprit.
        System.out.print("decoding" + TAB + name + TAB);
        System.out.flush();
        long begin = System.nanoTime();
        String outcome = outcome(decoder.decode(bytes));
        long millis = (System.nanoTime() - begin) / 1_000_000;
        System.out.println(outcome + TAB + millis);
    }

    private static String outcome(Decoding decoding) {
        if (decoding instanceof Decoded decoded) {
            return "DECODED" + TAB + sha256(decoded.image().rgb());
        }
        Rejected rejected = (Rejected) decoding;
        return rejected.reason().name() + TAB + rejected.detail().replaceAll("\\s+", " ");
    }

    private static String sha256(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Bytes of heap in use after decoding everything once more. */
    private static long pass(ImageDecoder decoder, Path archive) {
        Fixtures.forEach(archive, (name, bytes) -> decoder.decode(bytes));
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Bytes of memory that the process has; 0 where the system doesn't say. */
    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return 0;
    }
}
