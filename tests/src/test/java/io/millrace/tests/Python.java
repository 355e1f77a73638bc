package io.millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs scripts in the Python of {@code -Dmillrace.python}, else of {@code MILLRACE_PYTHON}. */
final class Python {

    private static @Nullable Outcome ready;

    private Python() {}

    /**
     * Runs a script of this folder, whose call without arguments says whether it can run here.
     *
     * @return what it prints
     */
    static String run(String script, String... arguments) throws Exception {
        URL resource = Objects.requireNonNull(Python.class.getResource(script), script);
        String python = interpreter();
        Outcome ready = ready(python, resource);
        assumeTrue(
                ready.exitCode() == 0,
                python
                        + " has not all of torch, torchvision, safetensors, numpy; set"
                        + " -Dmillrace.python to one that has: "
                        + ready.output());
        Outcome outcome = start(python, resource, arguments);
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        return outcome.output().strip();
    }

    /** A name is looked for in PATH; a path is relative to where Maven was started. */
    private static String interpreter() {
        String given =
                System.getProperty(
                        "millrace.python",
                        System.getenv().getOrDefault("MILLRACE_PYTHON", "python3"));
        return Path.of(given).getNameCount() == 1
                ? given
                : Path.of(System.getProperty("millrace.root", "")).resolve(given).toString();
    }

    /** Asked once: importing torch takes seconds. */
    private static synchronized Outcome ready(String python, URL script)
            throws InterruptedException, URISyntaxException {
        if (ready == null) {
            ready = start(python, script);
        }
        return ready;
    }

    private record Outcome(int exitCode, String output) {}

    private static Outcome start(String python, URL script, String... arguments)
            throws InterruptedException, URISyntaxException {
        List<String> command = new ArrayList<>(List.of(python, Path.of(script.toURI()).toString()));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            // What torch says, at every convolution, on machines that hide their caches.
            String said =
                    output.lines()
                            .filter(line -> !line.contains("Could not initialize NNPACK"))
                            .collect(Collectors.joining("\n"));
            return new Outcome(process.waitFor(), said);
        } catch (IOException absent) {
            return new Outcome(-1, absent.toString());
        }
    }
}
