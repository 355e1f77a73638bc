package io.millrace.model.evaluation;

/** The factor L of a positive definite matrix A = L L^T, and its inverse. */
final class Cholesky {

    private Cholesky() {}

    /**
     * Returns the inverse of L, lower triangular: (n, n), row-major.
     *
     * @param matrix A: (n, n), row-major, symmetric; only its lower triangle is read
     * @throws ArithmeticException if A is not positive definite
     */
    static double[] inverseFactor(double[] matrix, int n) {
        double[] factor = factor(matrix, n);
        double[] inverse = new double[n * n];
        for (int row = 0; row < n; row++) {
            // Row i of L^-1 is (e_i - sum over j < i of L_ij times row j) / L_ii.
            for (int j = 0; j < row; j++) {
                double share = factor[row * n + j];
                for (int column = 0; column <= j; column++) {
                    inverse[row * n + column] -= share * inverse[j * n + column];
                }
            }
            inverse[row * n + row] = 1;
            double diagonal = factor[row * n + row];
            for (int column = 0; column <= row; column++) {
                inverse[row * n + column] /= diagonal;
            }
        }
        return inverse;
    }

    private static double[] factor(double[] matrix, int n) {
        double[] factor = new double[n * n];
        for (int row = 0; row < n; row++) {
            for (int column = 0; column <= row; column++) {
                double sum = matrix[row * n + column];
                for (int k = 0; k < column; k++) {
                    sum -= factor[row * n + k] * factor[column * n + k];
                }
                if (column < row) {
                    factor[row * n + column] = sum / factor[column * n + column];
                } else if (sum > 0) {
                    factor[row * n + row] = Math.sqrt(sum);
                } else {
                    throw new ArithmeticException(
                            "the matrix is not positive definite: pivot " + row + " is " + sum);
                }
            }
        }
        return factor;
    }
}
