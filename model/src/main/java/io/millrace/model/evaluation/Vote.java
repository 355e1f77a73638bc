package io.millrace.model.evaluation;

import java.util.Arrays;

/**
 * The vote of an image's nearest neighbours, each for its own class with the weight exp(similarity
 * / T): Wu et al. 2018, arXiv:1805.01978, section 3.4. Offline and online kNN count with it.
 */
final class Vote {

    private Vote() {}

    /**
     * Overwrites the classes' scores.
     *
     * @param similarities of the neighbours, the nearest first, in places {@code from} to {@code
     *     from + k}: -1 to 1
     * @param targets their classes, in the same places
     * @param scores by class; the nearest neighbour weighs 1, so that no T overflows
     */
    static void count(
            float[] similarities, int[] targets, int from, Electorate electorate, double[] scores) {
        Arrays.fill(scores, 0);
        double nearest = similarities[from];
        for (int i = from; i < from + electorate.k(); i++) {
            scores[targets[i]] +=
                    StrictMath.exp((similarities[i] - nearest) / electorate.temperature());
        }
    }

    /**
     * Who votes, and how steeply.
     *
     * @param k neighbours
     * @param temperature T
     */
    record Electorate(int k, double temperature) {}
}
