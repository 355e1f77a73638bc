package io.millrace.model.evaluation;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.Torch;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Linear classification that needs no tuning: multinomial logistic regression on standardised
 * features, taken to its minimum.
 *
 * <p>Minimises the mean cross-entropy plus 1/(2 N) of the weights' squared norm (a standard normal
 * prior on each weight; the bias is free), which is convex and has one minimum, so there is no
 * learning rate, no schedule and no seed. L-BFGS runs on whitened features, where the Hessian is
 * close to a multiple of the identity; what is minimised stays the same. All in fp64.
 */
public final class LogisticRegression implements AutoCloseable {

    private static final double TOLERANCE = 1e-5;
    private static final int MAX_ITERATIONS = 300;
    private static final double SMALLEST_DEVIATION = 1e-6;

    /** Scores of one block of images, at most so many. */
    private static final int BLOCK = 4 << 20;

    /**
     * What was fitted, and how closely.
     *
     * @param iterations of L-BFGS
     * @param gradient the largest component of the whitened objective's gradient, absolute
     */
    public record Fit(LinearClassifier classifier, int iterations, double gradient) {
        public Fit {
            requireNonNull(classifier, "classifier");
        }
    }

    private final NDManager manager;
    private final LabelledFeatures train;
    private final int classes;
    private final double penalty;
    private final double[] mean;
    private final double[] deviation;
    private final double[] whitening; // M: (C, C), lower triangular; M S M^T = 1 for covariance S
    private final NDArray whitener;
    private final NDArray whitened; // X M^T: (N, C)
    private final LongConsumer done;
    private long evaluations;

    private LogisticRegression(
            Torch torch, LabelledFeatures train, int classes, LongConsumer done) {
        this.train = train;
        this.classes = classes;
        this.done = done;
        int n = train.rows();
        int width = train.width();
        penalty = 1.0 / n;
        manager = torch.newManager();
        try (NDManager scratch = manager.newSubManager()) {
            NDArray raw = LinearClassifier.rows(scratch, train, 0, n);
            NDArray centre = raw.mean(new int[] {0});
            raw.subi(centre);
            NDArray variance = raw.pow(2).sum(new int[] {0}).div(Math.max(1, n - 1));
            NDArray spread = variance.sqrt().addi(SMALLEST_DEVIATION);
            raw.divi(spread);
            mean = centre.toDoubleArray();
            deviation = spread.toDoubleArray();
            double[] covariance = raw.transpose().matMul(raw).divi(n).toDoubleArray();
            for (int c = 0; c < width; c++) {
                covariance[c * width + c] += 2 * penalty;
            }
            whitening = Cholesky.inverseFactor(covariance, width);
            whitener = manager.create(whitening, new Shape(width, width));
            whitened = raw.matMul(whitener.transpose());
            whitened.attach(manager);
        }
    }

    /**
     * Fits.
     *
     * @param train two images or more
     * @param classes K; targets are below it
     * @param done told how often the objective has been evaluated
     */
    public static Fit fit(Torch torch, LabelledFeatures train, int classes, LongConsumer done) {
        if (train.rows() < 2 || classes < 1) {
            throw new IllegalArgumentException(
                    "expected two images and one class or more, got %d and %d"
                            .formatted(train.rows(), classes));
        }
        torch.enter();
        try (var regression = new LogisticRegression(torch, train, classes, done)) {
            double[] start = new double[classes * (train.width() + 1)];
            Lbfgs.Minimum minimum =
                    Lbfgs.minimise(regression::evaluate, start, TOLERANCE, MAX_ITERATIONS);
            return new Fit(
                    regression.classifier(minimum.x()), minimum.iterations(), minimum.gradient());
        }
    }

    /** x is V, the weights of whitened features, (K, C), then the bias, (K). */
    private double evaluate(double[] x, double[] gradient) {
        int width = train.width();
        int weights = classes * width;
        double value;
        try (NDManager step = manager.newSubManager()) {
            NDArray v = step.create(Arrays.copyOf(x, weights), new Shape(classes, width));
            NDArray bias = step.create(Arrays.copyOfRange(x, weights, x.length));
            NDArray w = v.matMul(whitener); // (K, C), the weights of standardised features
            value = penalty / 2 * w.pow(2).sum().getDouble();
            NDArray slope = w.matMul(whitener.transpose()).muli(penalty);
            NDArray biasSlope = step.zeros(new Shape(classes), DataType.FLOAT64);
            int rows = Math.max(1, BLOCK / classes);
            for (int from = 0; from < train.rows(); from += rows) {
                int to = Math.min(from + rows, train.rows());
                value += addBlock(new NDList(v, bias, slope, biasSlope), from, to);
            }
            System.arraycopy(slope.toDoubleArray(), 0, gradient, 0, weights);
            System.arraycopy(biasSlope.toDoubleArray(), 0, gradient, weights, classes);
        }
        done.accept(++evaluations);
        return value;
    }

    /** Adds the block's share to both slopes and returns its share of the mean cross-entropy. */
    private double addBlock(NDList parameters, int from, int to) {
        try (NDManager step = manager.newSubManager()) {
            NDArray x = whitened.get(new NDIndex(from + ":" + to));
            x.attach(step);
            NDArray logits = x.matMul(parameters.get(0).transpose()).addi(parameters.get(1));
            NDArray logs = logits.logSoftmax(1); // (rows, K)
            NDArray truth =
                    step.create(Arrays.copyOfRange(train.targets(), from, to))
                            .oneHot(classes, DataType.FLOAT64);
            double loss = -logs.mul(truth).sum().getDouble() / train.rows();
            NDArray error = logs.exp().subi(truth).divi(train.rows());
            parameters.get(2).addi(error.transpose().matMul(x));
            parameters.get(3).addi(error.sum(new int[] {0}));
            return loss;
        }
    }

    /** The same scores from raw features. */
    private LinearClassifier classifier(double[] x) {
        int width = train.width();
        double[] weights = new double[classes * width];
        double[] bias = Arrays.copyOfRange(x, weights.length, x.length);
        for (int k = 0; k < classes; k++) {
            for (int j = 0; j < width; j++) {
                // Row k of V M, over the deviation.
                for (int c = 0; c <= j; c++) {
                    weights[k * width + c] += x[k * width + j] * whitening[j * width + c];
                }
            }
            for (int c = 0; c < width; c++) {
                weights[k * width + c] /= deviation[c];
                bias[k] -= weights[k * width + c] * mean[c];
            }
        }
        return new LinearClassifier(width, weights, bias);
    }

    @Override
    public void close() {
        manager.close();
    }
}
