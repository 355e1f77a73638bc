package io.millrace.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricEigenvaluesTest {

    @Test
    void of_isClosedForm_whenTheMatrixIsSmall() {
        assertThat(SymmetricEigenvalues.of(new double[][] {{7}}))
                .containsExactly(new double[] {7}, within(1e-12));
        assertThat(SymmetricEigenvalues.of(new double[][] {{2, 1}, {1, 2}}))
                .containsExactly(new double[] {1, 3}, within(1e-12));
        assertThat(SymmetricEigenvalues.of(new double[][] {{3, 0, 0}, {0, -5, 0}, {0, 0, 3}}))
                .containsExactly(new double[] {-5, 3, 3}, within(1e-12));
        assertThat(SymmetricEigenvalues.of(new double[4][4]))
                .containsExactly(new double[4], within(1e-12));
    }

    /** The second difference has the eigenvalues 2 - 2 cos(k pi / (n + 1)), k from 1 to n. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10, 101})
    void of_isClosedForm_whenTheMatrixIsTheSecondDifference(int n) {
        double[][] matrix = new double[n][n];
        double[] expected = new double[n];
        for (int i = 0; i < n; i++) {
            matrix[i][i] = 2;
            if (i > 0) {
                matrix[i][i - 1] = -1;
                matrix[i - 1][i] = -1;
            }
            expected[i] = 2 - 2 * Math.cos((i + 1) * Math.PI / (n + 1));
        }

        assertThat(SymmetricEigenvalues.of(matrix)).containsExactly(expected, within(1e-11));
    }

    @Test
    void of_findsTheValuesThatTheMatrixWasMadeOf() {
        int n = 40;
        var random = new Random(5);
        double[] values = random.doubles(n, -3, 1000).sorted().toArray();
        double[][] matrix = new double[n][n];
        for (int i = 0; i < n; i++) {
            matrix[i][i] = values[i];
        }
        for (int turn = 0; turn < 500; turn++) {
            rotate(matrix, random.nextInt(n), random.nextInt(n), random.nextDouble());
        }

        assertThat(SymmetricEigenvalues.of(matrix)).containsExactly(values, within(1e-9));
    }

    @Test
    void of_findsZeros_whenTheMatrixIsOfRankTwo() {
        double[] a = new Random(6).doubles(30).toArray();
        double[] b = new Random(7).doubles(30).toArray();
        double[][] matrix = new double[30][30];
        for (int i = 0; i < 30; i++) {
            for (int j = 0; j < 30; j++) {
                matrix[i][j] = a[i] * a[j] + b[i] * b[j];
            }
        }

        double[] values = SymmetricEigenvalues.of(matrix);

        assertThat(Arrays.copyOf(values, 28)).containsExactly(new double[28], within(1e-12));
        assertThat(values[28]).isGreaterThan(0.1);
    }

    /** A similarity transform in the plane of two axes. */
    private static void rotate(double[][] matrix, int p, int q, double angle) {
        if (p == q) {
            return;
        }
        double c = Math.cos(angle);
        double s = Math.sin(angle);
        for (double[] row : matrix) {
            double x = row[p];
            row[p] = c * x - s * row[q];
            row[q] = s * x + c * row[q];
        }
        for (int j = 0; j < matrix.length; j++) {
            double x = matrix[p][j];
            matrix[p][j] = c * x - s * matrix[q][j];
            matrix[q][j] = s * x + c * matrix[q][j];
        }
    }
}
