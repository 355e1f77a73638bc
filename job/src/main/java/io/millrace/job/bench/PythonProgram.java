package io.millrace.job.bench;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A Python program of ours that measures something and prints {@code images_per_s} as JSON. */
final class PythonProgram {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String python;
    private final String resource;

    /**
     * A program beside this class.
     *
     * @param python interpreter
     * @param resource name of the program
     */
    PythonProgram(String python, String resource) {
        this.python = python;
        this.resource = resource;
    }

    /**
     * Runs it.
     *
     * @throws CommandFailure if it fails or measures nothing; its output is in the message
     */
    double imagesPerSecond(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python, "-c", text()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            byte[] output = process.getInputStream().readAllBytes();
            int code = process.waitFor();
            return lastReport(new String(output, StandardCharsets.UTF_8), code);
        } finally {
            process.destroyForcibly();
        }
    }

    private double lastReport(String output, int code) throws IOException {
        String last =
                output.lines()
                        .filter(line -> line.startsWith("{"))
                        .reduce("{}", (first, second) -> second);
        JsonNode speed = JSON.readTree(last).path("images_per_s");
        if (code != 0 || !speed.isNumber()) {
            throw new CommandFailure(
                    ExitCode.FAILURE,
                    "%s, run by %s, ended with code %d and %s measurement; it printed: %s"
                            .formatted(
                                    resource,
                                    python,
                                    code,
                                    speed.isNumber() ? "a" : "no",
                                    output.strip()));
        }
        return speed.asDouble();
    }

    private String text() throws IOException {
        try (InputStream stream = PythonProgram.class.getResourceAsStream(resource)) {
            byte[] text =
                    requireNonNull(stream, resource + " is missing from the jar").readAllBytes();
            return new String(text, StandardCharsets.UTF_8);
        }
    }
}
