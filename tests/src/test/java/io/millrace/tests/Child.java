package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program in a JVM of its own, with this one's class path and options, on a terminal. */
final class Child implements AutoCloseable {

    private static final Pattern STEP = Pattern.compile("step ([\\d,]+) ");

    private final Process process;
    private final Path output;

    private Child(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it, with what it prints in a new file of the directory. */
    static Child start(Path directory, List<String> words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-X") || option.startsWith("--add-opens"))
                .forEach(command::add);
        command.addAll(List.of("-Dmillrace.tty=true", "-Dmillrace.columns=200"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("io.millrace.job.Millrace");
        command.addAll(words);
        Path output = Files.createTempFile(directory, "child", ".out");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .redirectInput(new File("/dev/null"))
                        .start();
        return new Child(process, output);
    }

    /** All that it has printed. */
    String output() throws IOException {
        return Files.readString(output);
    }

    /** The step that its status line showed last; 0 before the first. */
    long step() throws IOException {
        requireAlive();
        Matcher shown = STEP.matcher(output());
        long step = 0;
        while (shown.find()) {
            step = Long.parseLong(shown.group(1).replace(",", ""));
        }
        return step;
    }

    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("it ended with " + process.exitValue() + ": " + output());
        }
    }

    /** Ends it without a chance to do anything more. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** INT, or TERM where this process ignores INT: children do as well, whatever they ask for. */
    static String interrupt() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.exists(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("SigIgn:")) {
                    long ignored = Long.parseUnsignedLong(line.substring(7).strip(), 16);
                    return (ignored & 0b10) == 0 ? "INT" : "TERM";
                }
            }
        }
        return "INT";
    }

    /** Sends a signal by its name, for example TERM. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Waits for its end; returns its exit code. */
    int await() throws IOException, InterruptedException {
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            kill();
            throw new AssertionError("it did not end within 3 minutes: " + output());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
