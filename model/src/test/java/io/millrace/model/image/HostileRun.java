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
import java.util.Map;

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
        Map<String, byte[]> files = Fixtures.archive(Path.of(arguments[0]));
        NativeCodecs codecs =
                arguments[1].equals("jdk") ? NativeCodecs.NONE : NativeCodecs.system();
        try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, codecs)) {
            for (var file : files.entrySet()) {
                // Announced before: the last line of a process that died names the culprit.
                System.out.print("decoding" + TAB + file.getKey() + TAB);
                System.out.flush();
                long begin = System.nanoTime();
                String outcome = outcome(decoder.decode(file.getValue()));
                long millis = (System.nanoTime() - begin) / 1_000_000;
                System.out.println(outcome + TAB + millis);
            }
            long heap = pass(decoder, files);
            long resident = resident();
            long grown = 0;
            long leaked = Long.MAX_VALUE;
            for (int i = 1; i < PASSES; i++) {
                grown = pass(decoder, files) - heap;
                System.out.println("pass" + TAB + i);
                long now = resident();
                leaked = Math.min(leaked, now - resident);
                resident = now;
            }
            System.out.println("heap grew by" + TAB + grown);
            System.out.println("process grew by" + TAB + leaked);
        }
    }

    private static String outcome(Decoding decoding) throws NoSuchAlgorithmException {
        if (decoding instanceof Decoded decoded) {
            byte[] rgb = decoded.image().rgb();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(rgb);
            return "DECODED" + TAB + HexFormat.of().formatHex(hash);
        }
        Rejected rejected = (Rejected) decoding;
        return rejected.reason().name() + TAB + rejected.detail().replaceAll("\\s+", " ");
    }

    /** Bytes of heap in use after decoding everything once more. */
    private static long pass(ImageDecoder decoder, Map<String, byte[]> files) {
        files.values().forEach(decoder::decode);
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
