package io.millrace.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.torch.TestTorch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {

    private static final int WIDTH = 6;
    private static final int CLASSES = 4;

    @Test
    void fit_isTheMinimumOfTheStatedObjective() {
        LabelledFeatures train = Samples.features(3, 400, WIDTH, CLASSES, 1.5);
        var evaluations = new AtomicLong();

        LogisticRegression.Fit fit =
                LogisticRegression.fit(TestTorch.CPU, train, CLASSES, evaluations::set);

        // Any step away from it, along each weight of the standardised features, costs.
        Standardised problem = new Standardised(train);
        double[] w = problem.weights(fit.classifier());
        double least = problem.objective(w);
        for (int i = 0; i < w.length; i++) {
            for (double step : new double[] {-1e-2, 1e-2}) {
                w[i] += step;
                assertThat(problem.objective(w)).as("weight %d", i).isGreaterThan(least);
                w[i] -= step;
            }
        }
        for (int i = 0; i < w.length; i++) {
            assertThat(problem.slope(w, i)).as("weight %d", i).isCloseTo(0, within(1e-4));
        }
        assertThat(fit.gradient()).isLessThan(1e-5);
        assertThat(fit.iterations()).isBetween(2, 100);
        assertThat(evaluations.get()).isGreaterThanOrEqualTo(fit.iterations());
    }

    @Test
    void fit_isTheSame_whenFeaturesAreScaledAndShifted() {
        LabelledFeatures train = Samples.features(3, 300, WIDTH, CLASSES, 1);
        float[] moved = train.values().clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] = moved[i] * 37 - 5;
        }
        var other = new LabelledFeatures(WIDTH, moved, train.targets());

        Ranking one = rank(train);

        assertThat(rank(other).classes()).isEqualTo(one.classes());
    }

    @Test
    void fit_works_whenClassesAreSeparable_orAFeatureIsConstant() {
        float[] values = {-2, 7, -1, 7, 1, 7, 2, 7};
        var train = new LabelledFeatures(2, values, new int[] {0, 0, 1, 1});

        LogisticRegression.Fit fit =
                LogisticRegression.fit(TestTorch.CPU, train, 2, evaluations -> {});

        assertThat(fit.classifier().isFinite()).isTrue();
        assertThat(fit.classifier().rank(TestTorch.CPU, train).at(0, 0)).isZero();
        assertThat(fit.classifier().rank(TestTorch.CPU, train).at(3, 0)).isEqualTo(1);
        assertThat(fit.classifier().weights()[1]).isCloseTo(0, within(1e-9));
    }

    @Test
    void fit_saysWhatItGot_whenThereIsNothingToFit() {
        var one = new LabelledFeatures(2, new float[2], new int[1]);

        assertThatThrownBy(() -> LogisticRegression.fit(TestTorch.CPU, one, 1, evaluations -> {}))
                .hasMessageContaining("got 1 and 1");
    }

    @Test
    void inverseFactor_isTheInverseOfCholeskysFactor() {
        // L = (2 0; 3 4), L L^T = (4 6; 6 25), L^-1 = (1/2 0; -3/8 1/4).
        assertThat(Cholesky.inverseFactor(new double[] {4, 6, 6, 25}, 2))
                .containsExactly(new double[] {0.5, 0, -0.375, 0.25}, within(1e-12));
        assertThatThrownBy(() -> Cholesky.inverseFactor(new double[] {1, 2, 2, 4}, 2))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("pivot 1");
    }

    @Test
    void minimise_findsTheMinimumOfAQuadratic() {
        // (x - 1)^2 + 100 (y + 2)^2 + 3
        Lbfgs.Objective quadratic =
                (x, gradient) -> {
                    gradient[0] = 2 * (x[0] - 1);
                    gradient[1] = 200 * (x[1] + 2);
                    return Math.pow(x[0] - 1, 2) + 100 * Math.pow(x[1] + 2, 2) + 3;
                };

        Lbfgs.Minimum minimum = Lbfgs.minimise(quadratic, new double[2], 1e-9, 100);

        assertThat(minimum.x()).containsExactly(new double[] {1, -2}, within(1e-9));
        assertThat(minimum.value()).isCloseTo(3, within(1e-12));
        assertThat(minimum.gradient()).isLessThanOrEqualTo(1e-9);
        assertThat(Lbfgs.minimise(quadratic, new double[2], 1e-9, 1).iterations()).isEqualTo(1);
    }

    private static Ranking rank(LabelledFeatures train) {
        return LogisticRegression.fit(TestTorch.CPU, train, CLASSES, evaluations -> {})
                .classifier()
                .rank(TestTorch.CPU, train);
    }

    /** The objective of the class's description, written again, on features standardised here. */
    private static final class Standardised {

        private final LabelledFeatures train;
        private final double[] mean = new double[WIDTH];
        private final double[] deviation = new double[WIDTH];

        Standardised(LabelledFeatures train) {
            this.train = train;
            for (int c = 0; c < WIDTH; c++) {
                double sum = 0;
                double squares = 0;
                for (int row = 0; row < train.rows(); row++) {
                    sum += train.values()[row * WIDTH + c];
                }
                mean[c] = sum / train.rows();
                for (int row = 0; row < train.rows(); row++) {
                    squares += Math.pow(train.values()[row * WIDTH + c] - mean[c], 2);
                }
                deviation[c] = Math.sqrt(squares / (train.rows() - 1)) + 1e-6;
            }
        }

        /** (classes, C + 1), the bias last. */
        double[] weights(LinearClassifier raw) {
            double[] w = new double[CLASSES * (WIDTH + 1)];
            for (int k = 0; k < CLASSES; k++) {
                double bias = raw.bias()[k];
                for (int c = 0; c < WIDTH; c++) {
                    double weight = raw.weights()[k * WIDTH + c];
                    w[k * (WIDTH + 1) + c] = weight * deviation[c];
                    bias += weight * mean[c];
                }
                w[k * (WIDTH + 1) + WIDTH] = bias;
            }
            return w;
        }

        double slope(double[] w, int i) {
            double before = w[i];
            w[i] = before + 1e-5;
            double above = objective(w);
            w[i] = before - 1e-5;
            double below = objective(w);
            w[i] = before;
            return (above - below) / 2e-5;
        }

        double objective(double[] w) {
            double loss = 0;
            for (int row = 0; row < train.rows(); row++) {
                double[] scores = new double[CLASSES];
                double sum = 0;
                for (int k = 0; k < CLASSES; k++) {
                    scores[k] = w[k * (WIDTH + 1) + WIDTH];
                    for (int c = 0; c < WIDTH; c++) {
                        double x = train.values()[row * WIDTH + c] - mean[c];
                        scores[k] += w[k * (WIDTH + 1) + c] * x / deviation[c];
                    }
                    sum += Math.exp(scores[k]);
                }
                loss += Math.log(sum) - scores[train.targets()[row]];
            }
            double squares = 0;
            for (int k = 0; k < CLASSES; k++) {
                for (int c = 0; c < WIDTH; c++) {
                    squares += w[k * (WIDTH + 1) + c] * w[k * (WIDTH + 1) + c];
                }
            }
            return (loss + squares / 2) / train.rows();
        }
    }
}
