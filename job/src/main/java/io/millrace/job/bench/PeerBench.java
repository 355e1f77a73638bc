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

/** A PyTorch program that does the same work, measured by itself: {@code moco_cifar.py}. */
final class PeerBench {

    /** Images of CIFAR-10's training set, all that the program reads. */
    private static final int TRAINING_IMAGES = 50_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Bench.Peer peer;
    private final List<String> settings;
    private final int batchSize;
    private final int threads;

    /**
     * A bench of the program.
     *
     * @param settings as {@link PeerArguments} has them
     * @param threads of a training step
     */
    PeerBench(Bench.Peer peer, List<String> settings, int batchSize, int threads) {
        this.peer = peer;
        this.settings = List.copyOf(settings);
        this.batchSize = batchSize;
        this.threads = threads;
    }

    /** Returns images/s of the training step alone, on random tensors. */
    double step(int steps) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("" + steps));
        arguments.addAll(settings);
        return imagesPerSecond("step", arguments);
    }

    /**
     * Returns images/s of the whole loop with its data loader over the second of two epochs: its
     * workers are up by then, as our job is when it first reports.
     *
     * @param steps of an epoch, fewer if the training set is smaller than that
     * @param workers processes that decode and augment
     */
    double loop(int steps, int workers) throws IOException, InterruptedException {
        int epoch = Math.min(steps, TRAINING_IMAGES / batchSize);
        List<String> arguments = new ArrayList<>(settings);
        arguments.add("--data=" + peer.data());
        arguments.add("--workers=" + workers);
        arguments.add("--images=" + epoch * batchSize);
        arguments.add("--epochs=2");
        arguments.add("--max-steps=" + 2 * epoch);
        // Never: the evaluation is no part of the loop.
        arguments.add("--knn-every=1000");
        return imagesPerSecond("loop", arguments);
    }

    private double imagesPerSecond(String mode, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(peer.python(), "-c", launcher()));
        command.addAll(List.of(mode, "" + threads, peer.script().toString()));
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

    private static double lastReport(String output, int code) throws IOException {
        String last =
                output.lines()
                        .filter(line -> line.startsWith("{"))
                        .reduce("{}", (first, second) -> second);
        JsonNode speed = JSON.readTree(last).path("images_per_s");
        if (code != 0 || !speed.isNumber()) {
            throw new CommandFailure(
                    ExitCode.FAILURE,
                    "the peer program ended with code "
                            + code
                            + " and "
                            + (speed.isNumber() ? "a" : "no")
                            + " measurement; it printed: "
                            + output.strip());
        }
        return speed.asDouble();
    }

    private static String launcher() throws IOException {
        try (InputStream resource = PeerBench.class.getResourceAsStream("peer.py")) {
            byte[] text =
                    requireNonNull(resource, "peer.py is missing from the jar").readAllBytes();
            return new String(text, StandardCharsets.UTF_8);
        }
    }
}
