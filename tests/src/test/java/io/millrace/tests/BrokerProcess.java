package io.millrace.tests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code millrace broker} in a JVM of its own, which can be killed and started again. */
final class BrokerProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path directory;
    private final int port;
    private Child child;

    private BrokerProcess(Path directory, int port, Child child) {
        this.directory = directory;
        this.port = port;
        this.child = child;
    }

    /** Starts one on a port that is free; returns when it answers. */
    static BrokerProcess start(Path directory) throws IOException {
        Files.createDirectories(directory);
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        return new BrokerProcess(directory, port, launch(directory, port));
    }

    private static Child launch(Path directory, int port) throws IOException {
        List<String> words = new ArrayList<>(List.of("broker", "--out", directory.toString()));
        words.addAll(List.of("--port", "" + port));
        Child child = Child.start(directory, words);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            child.requireAlive();
                            return child.output().contains("broker at ");
                        });
        return child;
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    String output() throws IOException {
        return child.output();
    }

    /** Ends it without a chance to write anything more. */
    void kill() throws InterruptedException {
        child.kill();
    }

    /** Asks it to stop, and waits until it has; returns its exit code. */
    int stop() throws IOException, InterruptedException {
        child.signal("TERM");
        return child.await();
    }

    /** Starts it again, on the same port and what is left of its data. */
    void restart() throws IOException {
        child = launch(directory, port);
    }

    @Override
    public void close() {
        child.close();
    }
}
