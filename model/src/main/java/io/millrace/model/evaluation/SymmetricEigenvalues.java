package io.millrace.model.evaluation;

/**
 * The eigenvalues of a symmetric matrix: Householder's reflections make it tridiagonal, then Sturm
 * sequences and bisection find each value (Golub and Van Loan 2013, Matrix Computations, sections
 * 8.3.1 and 8.4.1). The same bits on every machine.
 */
final class SymmetricEigenvalues {

    /** Halvings of the interval that holds all values: down to the resolution of a double. */
    private static final int HALVINGS = 60;

    private final double[][] matrix;
    private final int n;
    private final double[] diagonal;
    private final double[] squares; // of the elements below the diagonal

    private SymmetricEigenvalues(double[][] matrix) {
        this.matrix = matrix;
        n = matrix.length;
        diagonal = new double[n];
        squares = new double[n];
    }

    /**
     * Returns the eigenvalues in ascending order: (n).
     *
     * @param matrix (n, n), symmetric; overwritten
     */
    static double[] of(double[][] matrix) {
        var problem = new SymmetricEigenvalues(matrix);
        problem.tridiagonalise();
        return problem.bisect();
    }

    private void tridiagonalise() {
        for (int k = 0; k < n; k++) {
            diagonal[k] = matrix[k][k];
            if (k + 1 < n) {
                squares[k + 1] = reflect(k);
            }
        }
    }

    /** Clears row and column k beyond the next to its diagonal; returns that element's square. */
    private double reflect(int k) {
        double[] v = matrix[k].clone(); // of which k + 1 and on are used
        double norm = Math.sqrt(dot(v, v, k + 1));
        double square = norm * norm;
        v[k + 1] += v[k + 1] < 0 ? -norm : norm;
        double length = dot(v, v, k + 1);
        if (k + 2 == n || length == 0) {
            return square;
        }
        double[] w = new double[n];
        for (int i = k + 1; i < n; i++) {
            w[i] = 2 / length * dot(matrix[i], v, k + 1);
        }
        double share = dot(v, w, k + 1) / length;
        for (int i = k + 1; i < n; i++) {
            w[i] -= share * v[i];
        }
        for (int i = k + 1; i < n; i++) {
            double[] row = matrix[i];
            double vi = v[i];
            double wi = w[i];
            for (int j = k + 1; j < n; j++) {
                row[j] -= vi * w[j] + wi * v[j];
            }
        }
        return square;
    }

    private static double dot(double[] a, double[] b, int from) {
        double sum = 0;
        for (int i = from; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Gershgorin's circles hold all values; each is then caught between two bounds. */
    private double[] bisect() {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            double radius = Math.sqrt(squares[i]) + (i + 1 < n ? Math.sqrt(squares[i + 1]) : 0);
            least = Math.min(least, diagonal[i] - radius);
            most = Math.max(most, diagonal[i] + radius);
        }
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            double low = least;
            double high = most;
            for (int step = 0; step < HALVINGS; step++) {
                double middle = (low + high) / 2;
                if (below(middle) > i) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            values[i] = (low + high) / 2;
        }
        return values;
    }

    /** How many eigenvalues are less than x: the negative pivots of the matrix minus x. */
    private int below(double x) {
        int count = 0;
        double pivot = 1;
        for (int i = 0; i < n; i++) {
            pivot = diagonal[i] - x - (i == 0 ? 0 : squares[i] / pivot);
            if (pivot == 0) {
                pivot = Double.MIN_NORMAL;
            }
            count += pivot < 0 ? 1 : 0;
        }
        return count;
    }
}
