package io.millrace.job.ingest;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Labels by an image's place, from a file: a byte for each image, or a line of text for each. */
final class Labels {

    private final Path file;
    private final List<String> labels;

    private Labels(Path file, List<String> labels) {
        this.file = file;
        this.labels = labels;
    }

    static Labels read(Path file) {
        try {
            byte[] content = Files.readAllBytes(file);
            return new Labels(file, isText(file, content) ? lines(content) : numbers(content));
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "cannot read the labels in " + file + ": " + e, e);
        }
    }

    String at(long index) {
        return labels.get(Math.toIntExact(index));
    }

    void requireCount(long images) {
        if (images != labels.size()) {
            throw new CommandFailure(
                    ExitCode.BAD_DATA,
                    file
                            + " holds "
                            + labels.size()
                            + " labels, but the sources hold "
                            + images
                            + " images; expected one label for each image, in the same order");
        }
    }

    /** Anything named .bin, or with control characters other than line ends and tabs, is binary. */
    private static boolean isText(Path file, byte[] content) {
        return !file.toString().endsWith(".bin")
                && IntStream.range(0, content.length)
                        .allMatch(i -> content[i] < 0 || content[i] >= ' ' || isSpace(content[i]));
    }

    private static boolean isSpace(byte b) {
        return b == '\n' || b == '\r' || b == '\t';
    }

    private static List<String> lines(byte[] content) {
        return new String(content, StandardCharsets.UTF_8).lines().map(String::strip).toList();
    }

    private static List<String> numbers(byte[] content) {
        String[] labels = new String[content.length];
        Arrays.setAll(labels, i -> String.valueOf(content[i] & 0xff));
        return List.of(labels);
    }
}
