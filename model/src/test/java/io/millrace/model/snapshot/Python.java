package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.model.parity.ParityFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Runs scripts in the Python of {@code -Dmillrace.python}, else of {@code MILLRACE_PYTHON}, else
 * {@code python3}.
 */
public final class Python {

    /** The tests' own modules, and the scripts that users run. */
    private static final Path TESTS = Path.of("src/test/python").toAbsolutePath();

    private static final Path USERS = Path.of("python").toAbsolutePath();

    /** What was found when it was first asked for: importing torch takes seconds. */
    private static final Map<String, Outcome> IMPORTS = new TreeMap<>();

    private Python() {}

    /**
     * Returns what a script of {@code src/test/python} prints; skips the test where its modules are
     * not installed.
     *
     * @param modules comma-separated; {@code torchvision_models} and what follows it also where
     *     torchvision's compiled operators do not match torch
     */
    public static String run(String modules, String script, Object... arguments)
            throws IOException, InterruptedException {
        return run(modules, TESTS.resolve(script), arguments);
    }

    /** The same for a script that users run. */
    public static String runForUsers(String modules, String script, Object... arguments)
            throws IOException, InterruptedException {
        return run(modules, USERS.resolve(script), arguments);
    }

    private static String run(String modules, Path script, Object... arguments)
            throws IOException, InterruptedException {
        Outcome imported = imports(modules);
        assumeTrue(
                imported.exitCode() == 0,
                interpreter()
                        + " has not all of "
                        + modules
                        + "; set -Dmillrace.python to one that has: "
                        + imported.output());
        List<String> command = new ArrayList<>(List.of(script.toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Outcome outcome = start(command);
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        return outcome.output().strip();
    }

    private static synchronized Outcome imports(String modules) throws InterruptedException {
        Outcome known = IMPORTS.get(modules);
        if (known == null) {
            known = start(List.of("-c", "import " + modules));
            IMPORTS.put(modules, known);
        }
        return known;
    }

    /** A name is looked for in PATH; a path is relative to where Maven was started. */
    private static String interpreter() {
        String given =
                System.getProperty(
                        "millrace.python",
                        System.getenv().getOrDefault("MILLRACE_PYTHON", "python3"));
        return Path.of(given).getNameCount() == 1
                ? given
                : ParityFolder.path("millrace.python", given).toString();
    }

    private record Outcome(int exitCode, String output) {}

    private static Outcome start(List<String> arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(interpreter()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        builder.environment().put("PYTHONPATH", TESTS.toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        try {
            Process process = builder.start();
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
