package io.millrace.model.moco;

import io.millrace.model.encoder.Layout.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What no training leaves behind: values that are not finite, a variance below zero, and such. */
final class ValueCheck {

    /** How far a key's length may be from 1; in fp32 it is 1e-6. */
    private static final double TOLERANCE = 1e-3;

    /** Problems before the check gives up: a damaged file has them everywhere. */
    private static final int ENOUGH = 20;

    private final InitialWeights weights;
    private final List<String> problems = new ArrayList<>();

    ValueCheck(InitialWeights weights) {
        this.weights = weights;
        weights.encoderTensors().forEach(this::check);
        if (weights.takesQueue()) {
            checkQueue();
        }
    }

    /** Nothing if all is well. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    private void check(String name, Entry entry) {
        if (problems.size() < ENOUGH) {
            boolean variance = entry.kind() == Entry.Kind.RUNNING_VARIANCE;
            String expected = variance ? "variances" : "finite values";
            wrong(name, variance)
                    .ifPresent(
                            value ->
                                    problems.add(
                                            "expected %s of %s, got %s"
                                                    .formatted(expected, name, value)));
        }
    }

    /** The first value that cannot be. */
    private Optional<Float> wrong(String tensor, boolean variance) {
        List<Float> wrong = new ArrayList<>();
        weights.read(
                tensor,
                piece -> {
                    while (piece.hasRemaining()) {
                        float value = piece.get();
                        boolean sound = Float.isFinite(value) && !(variance && value < 0);
                        if (!sound && wrong.isEmpty()) {
                            wrong.add(value);
                        }
                    }
                });
        return wrong.stream().findFirst();
    }

    private void checkQueue() {
        long capacity = weights.queueCapacity();
        if (weights.pointer() < 0 || weights.pointer() >= capacity) {
            problems.add(
                    "expected queue_ptr from 0 to %d, got %d"
                            .formatted(capacity - 1, weights.pointer()));
        }
        float[] rows = weights.queueRows();
        int dimension = Math.toIntExact(rows.length / capacity);
        for (int key = 0; key < capacity; key++) {
            double squares = 0;
            for (int d = 0; d < dimension; d++) {
                double value = rows[key * dimension + d];
                squares += value * value;
            }
            if (!(Math.abs(Math.sqrt(squares) - 1) <= TOLERANCE)) {
                problems.add(
                        "expected keys of length 1 in queue, got %s in column %d"
                                .formatted(Math.sqrt(squares), key));
                return;
            }
        }
    }
}
