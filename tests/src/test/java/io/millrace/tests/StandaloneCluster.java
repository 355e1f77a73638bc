package io.millrace.tests;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A cluster of separate JVMs, driven by {@code deploy/cluster.sh} as a user drives it. */
final class StandaloneCluster implements AutoCloseable {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> PROCESSES =
            List.of("jobmanager", "taskmanager-1", "taskmanager-2");
    private static final long PATIENCE_SECONDS = 120;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path directory;
    private final int port;

    /**
     * What the script came to.
     *
     * @param output standard output and error
     */
    record Outcome(int exitCode, String output) {}

    private StandaloneCluster(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Whether the jars are there that the modules before this one build. */
    static boolean isBuilt() {
        return Files.isDirectory(ROOT.resolve("deploy/target/cluster/lib"))
                && Files.exists(ROOT.resolve("job/target/millrace-cluster.jar"));
    }

    /** Starts one with the shipped configuration, on ports that are free. */
    static StandaloneCluster start(Path directory) throws IOException, InterruptedException {
        Path conf = Files.createDirectories(directory.resolve("conf"));
        String shipped = Files.readString(ROOT.resolve("deploy/conf/config.yaml"));
        int port;
        try (var rest = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var rpc = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = rest.getLocalPort();
            Files.writeString(
                    conf.resolve("config.yaml"),
                    shipped.replace("port: 8081", "port: " + port)
                            .replace("port: 6123", "port: " + rpc.getLocalPort()));
        }
        var cluster = new StandaloneCluster(directory, port);
        Outcome outcome = cluster.run("start", List.of());
        if (outcome.exitCode() != 0) {
            cluster.close();
            throw new IllegalStateException(outcome.toString());
        }
        return cluster;
    }

    /** Hands the job to the cluster with the words of the {@code run} command. */
    Outcome submit(List<String> words) throws IOException, InterruptedException {
        return run("submit", words);
    }

    /** Kills the TaskManager whose log names the job, without a chance to clean up. */
    void killTaskManagerOf(String job) throws IOException {
        kill(taskManager(job));
    }

    /** Kills the TaskManager whose one slot is taken. */
    void killWorkingTaskManager() throws IOException, InterruptedException {
        for (JsonNode worker : rest("/taskmanagers").path("taskmanagers")) {
            if (worker.path("freeSlots").asInt() == 0) {
                // Its id holds its port and is new at each start, and it logs it.
                kill(taskManager(worker.path("id").asText()));
                return;
            }
        }
        throw new IllegalStateException("no TaskManager has work");
    }

    void killJobManager() throws IOException {
        kill("jobmanager");
    }

    /** Starts those processes again that are not there any more. */
    void startMissing() throws IOException, InterruptedException {
        Outcome outcome = run("start", List.of());
        if (outcome.exitCode() != 0) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    /** What the JobManager says of the job, for example RUNNING; empty if it knows none such. */
    String state(String job) throws IOException, InterruptedException {
        return rest("/jobs/" + job).path("state").asText();
    }

    private JsonNode rest(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return JSON.readTree(
                HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
    }

    /** The TaskManager whose log has the text. */
    private String taskManager(String text) throws IOException {
        for (String name : PROCESSES) {
            Path log = directory.resolve("log").resolve(name + ".log");
            if (name.startsWith("taskmanager") && Files.readString(log).contains(text)) {
                return name;
            }
        }
        throw new IllegalStateException("no TaskManager logged " + text);
    }

    private void kill(String name) throws IOException {
        ProcessHandle victim = process(name).orElseThrow();
        victim.destroyForcibly();
        victim.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    String jobManagerLog() throws IOException {
        return Files.readString(directory.resolve("log").resolve("jobmanager.log"));
    }

    /** Whether any of the three processes is there. */
    boolean isRunning() throws IOException {
        for (String name : PROCESSES) {
            if (process(name).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private Outcome run(String verb, List<String> words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("/bin/sh", ROOT.resolve("deploy/cluster.sh").toString()));
        command.addAll(List.of(verb, directory.toString()));
        command.addAll(words);
        Path output = directory.resolve(verb + ".out");
        var builder = new ProcessBuilder(command);
        builder.environment()
                .put("JAVA_HOME", requireNonNull(System.getProperty("java.home"), "java.home"));
        Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(verb + " hangs: " + Files.readString(output));
        }
        return new Outcome(process.exitValue(), Files.readString(output));
    }

    private Optional<ProcessHandle> process(String name) throws IOException {
        Path file = directory.resolve(name + ".pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        long pid = Long.parseLong(Files.readString(file).strip());
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    }

    /** Stops the processes by the script, and kills those that it leaves. */
    @Override
    public void close() throws IOException, InterruptedException {
        List<ProcessHandle> mine = new ArrayList<>();
        for (String name : PROCESSES) {
            process(name).ifPresent(mine::add);
        }
        try {
            run("stop", List.of());
        } finally {
            mine.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
