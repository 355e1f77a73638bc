package io.millrace.model.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Classifiers on features that are still being learned: every batch is first classified, then
 * learned (test-then-train, or prequential, evaluation; Gama et al. 2013,
 * doi:10.1007/s10994-012-5320-9), by a linear classifier and, if wanted, by nearest neighbours. In
 * the first epoch their accuracy is on records that they have not learned; in later epochs they
 * have learned the same records before, the neighbours as far as their bank reaches back.
 *
 * <p>Classes appear when their first record does, up to {@link #MAX_CLASSES}. Plain Java: no
 * natives where it runs, and the same bits on every machine.
 */
public final class OnlineProbe {

    /**
     * Classes that a probe tells apart, the first to appear; records of further ones are neither
     * counted nor learned. Bounds the probe where labels are, say, file names.
     */
    public static final int MAX_CLASSES = 1000;

    /** Instead of a class's index, when there are too many. */
    private static final int UNPROBED = -1;

    /**
     * What the nearest neighbours and their bank say.
     *
     * @param accuracy fraction right over the window, 0 to 1; 0 before the first answer
     * @param window answers that the accuracy covers now
     * @param records in the bank
     * @param deviation of the bank's features, as {@link Collapse} defines it
     * @param rankMe of the bank's features, likewise; of the bank as it was at most its own length
     *     ago
     * @param rankOf the most that it could have been
     */
    public record Neighbourhood(
            double accuracy,
            int window,
            int records,
            double deviation,
            double rankMe,
            int rankOf) {}

    private final int width;
    private final Map<String, Integer> indices = new HashMap<>();
    private final List<String> classes = new ArrayList<>();
    private OnlineLinear linear;
    private AccuracyWindow answers;
    private @Nullable NeighbourBank bank;

    /**
     * A probe that knows nothing yet.
     *
     * @param width features per record, C
     */
    public OnlineProbe(int width, ProbeSettings settings) {
        if (width < 1) {
            throw new IllegalArgumentException("a probe needs features, got " + width);
        }
        this.width = width;
        linear = new OnlineLinear(width, settings.learningRate());
        answers = new AccuracyWindow(settings.window());
        if (settings.knn().bank() > 0) {
            bank = new NeighbourBank(width, settings.knn(), settings.window());
        }
    }

    /** A probe that goes on where the state was taken; a window or bank of another size is new. */
    public static OnlineProbe restore(ProbeState state, ProbeSettings settings) {
        var probe = new OnlineProbe(state.mean().length, settings);
        state.classes().forEach(probe::indexOf);
        probe.linear = OnlineLinear.restore(state, settings.learningRate());
        probe.answers = AccuracyWindow.restore(state.hits(), state.records(), settings.window());
        BankState kept = state.bank();
        if (kept != null && settings.knn().bank() > 0) {
            probe.bank =
                    NeighbourBank.restore(kept, probe.width, settings.knn(), settings.window());
        }
        return probe;
    }

    /** A copy of everything the probe knows. */
    public ProbeState state() {
        return new ProbeState(
                classes,
                linear.weights(),
                linear.velocity(),
                linear.mean(),
                linear.variance(),
                answers.records(),
                answers.hits(),
                bank == null ? null : bank.state());
    }

    /**
     * Classifies the batch, counts how often it was right, then learns it. Leaves out records of
     * classes beyond {@link #MAX_CLASSES}.
     *
     * @param values (labels.size(), C), row-major
     */
    public void observe(List<String> labels, float[] values) {
        if (values.length != labels.size() * width) {
            throw new IllegalArgumentException(
                    "expected "
                            + labels.size()
                            + " x "
                            + width
                            + " features, got "
                            + values.length);
        }
        int known = classes.size();
        int[] indexOfRow = labels.stream().mapToInt(this::indexOf).toArray();
        int[] targets = Arrays.stream(indexOfRow).filter(k -> k != UNPROBED).toArray();
        if (targets.length > 0) {
            float[] kept = probed(indexOfRow, values);
            linear.observe(targets, kept, known, classes.size(), answers);
            if (bank != null) {
                bank.observe(targets, kept, classes.size());
            }
        }
    }

    /** Features per record, C. */
    public int width() {
        return width;
    }

    /** Fraction that the linear classifier got right over the window, 0 to 1; 0 at first. */
    public double accuracy() {
        return answers.accuracy();
    }

    /** Records that the accuracy covers now. */
    public int windowFilled() {
        return answers.filled();
    }

    /** Labelled records probed. */
    public long records() {
        return answers.records();
    }

    /** Class names, in the order of their first appearance. */
    public List<String> classes() {
        return List.copyOf(classes);
    }

    /** What the nearest neighbours say; empty without them, or before the first record. */
    public Optional<Neighbourhood> neighbourhood() {
        if (bank == null || bank.filled() == 0) {
            return Optional.empty();
        }
        double rankMe = bank.rankMe();
        return Optional.of(
                new Neighbourhood(
                        bank.accuracy(),
                        bank.windowFilled(),
                        bank.filled(),
                        bank.deviation(),
                        rankMe,
                        bank.rankOf()));
    }

    private int indexOf(@Nullable String label) {
        if (label == null) {
            throw new IllegalArgumentException("a probe needs a label for every record");
        }
        Integer index = indices.get(label);
        if (index != null) {
            return index;
        }
        if (classes.size() >= MAX_CLASSES) {
            return UNPROBED;
        }
        indices.put(label, classes.size());
        classes.add(label);
        return classes.size() - 1;
    }

    /** The rows of classes that are told apart. */
    private float[] probed(int[] indexOfRow, float[] values) {
        float[] kept = new float[values.length];
        int to = 0;
        for (int row = 0; row < indexOfRow.length; row++) {
            if (indexOfRow[row] != UNPROBED) {
                System.arraycopy(values, row * width, kept, to, width);
                to += width;
            }
        }
        return Arrays.copyOf(kept, to);
    }
}
