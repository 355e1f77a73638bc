package io.millrace.model.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * How a classifier's answers compare with the truth.
 *
 * @param top1 fraction of images whose class is the most likely one, 0 to 1
 * @param top5 fraction of images whose class is among the {@link Ranking#TOP} most likely, 0 to 1
 * @param confusion images by true class (row) and most likely class (column)
 */
public record Assessment(double top1, double top5, int[][] confusion) {

    public Assessment {
        requireNonNull(confusion, "confusion");
    }

    /**
     * Compares.
     *
     * @param targets the true class of each image: (N)
     * @param classes number of classes, those without a training image included
     */
    public static Assessment of(Ranking ranking, int[] targets, int classes) {
        if (ranking.rows() != targets.length || targets.length == 0) {
            throw new IllegalArgumentException(
                    "expected answers for "
                            + targets.length
                            + " images, one or more, got "
                            + ranking.rows());
        }
        int[][] confusion = new int[classes][classes];
        long first = 0;
        long among = 0;
        for (int row = 0; row < targets.length; row++) {
            confusion[targets[row]][ranking.at(row, 0)]++;
            first += ranking.at(row, 0) == targets[row] ? 1 : 0;
            among += isAmong(ranking, row, targets[row]) ? 1 : 0;
        }
        return new Assessment(
                (double) first / targets.length, (double) among / targets.length, confusion);
    }

    private static boolean isAmong(Ranking ranking, int row, int target) {
        for (int place = 0; place < Math.min(Ranking.TOP, ranking.depth()); place++) {
            if (ranking.at(row, place) == target) {
                return true;
            }
        }
        return false;
    }

    /** Images of a class. */
    public int images(int target) {
        return Arrays.stream(confusion[target]).sum();
    }

    /** Fraction of a class's images that are recognised, 0 to 1; NaN for a class without any. */
    public double accuracy(int target) {
        return (double) confusion[target][target] / images(target);
    }
}
