package io.millrace.model.moco;

import io.millrace.model.torch.SplitMix;

/** Random points on the unit sphere. */
final class UnitRows {

    private UnitRows() {}

    /** Returns (count, dimension), each row L2-normalised, its direction uniform. */
    static float[][] random(int count, int dimension, SplitMix random) {
        float[][] rows = new float[count][dimension];
        for (int k = 0; k < count; k++) {
            double[] row = new double[dimension];
            double squares = 0;
            for (int d = 0; d < dimension; d++) {
                row[d] = random.gaussian((long) k * dimension + d);
                squares += row[d] * row[d];
            }
            for (int d = 0; d < dimension; d++) {
                rows[k][d] = (float) (row[d] / Math.sqrt(squares));
            }
        }
        return rows;
    }
}
