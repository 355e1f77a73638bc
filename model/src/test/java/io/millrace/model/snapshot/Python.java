package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs scripts in the Python of {@code -Dmillrace.python}, else of {@code MILLRACE_PYTHON}. */
final class Python {

    private Python() {}

    /** Returns what the script prints; skips the test where the modules are not installed. */
    static String run(String modules, String script, String... arguments)
            throws IOException, InterruptedException {
        String python =
                System.getProperty(
                        "millrace.python",
                        System.getenv().getOrDefault("MILLRACE_PYTHON", "python3"));
        assumeTrue(
                start(python, "import " + modules, List.of()).exitCode() == 0,
                python + " has not all of " + modules + "; set -Dmillrace.python to one that has");
        Outcome outcome = start(python, script, List.of(arguments));
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        return outcome.output().strip();
    }

    private record Outcome(int exitCode, String output) {}

    private static Outcome start(String python, String script, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python, "-c", script));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("PYTHONIOENCODING", "utf-8"));
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException absent) {
            return new Outcome(-1, absent.toString());
        }
    }
}
