package io.millrace.job.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A PyTorch program that does the same work, measured by itself: {@code moco_cifar.py}. */
final class PeerBench {

    /** Images of CIFAR-10's training set, all that the program reads. */
    private static final int TRAINING_IMAGES = 50_000;

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
        List<String> command =
                new ArrayList<>(List.of(mode, "" + threads, peer.script().toString()));
        command.addAll(arguments);
        return new PythonProgram(peer.python(), "peer.py").imagesPerSecond(command);
    }
}
