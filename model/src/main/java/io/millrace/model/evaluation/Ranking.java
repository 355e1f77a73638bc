package io.millrace.model.evaluation;

import static java.util.Objects.requireNonNull;

/**
 * The classes that a classifier finds most likely for each image.
 *
 * @param depth classes per image, R
 * @param classes (N, R), row-major, the most likely first
 */
public record Ranking(int depth, int[] classes) {

    /** Classes that a top-5 accuracy looks at. */
    public static final int TOP = 5;

    public Ranking {
        requireNonNull(classes, "classes");
        if (depth < 1 || classes.length % depth != 0) {
            throw new IllegalArgumentException(
                    "expected rows of " + depth + " classes, got " + classes.length + " in all");
        }
    }

    /** Number of images, N. */
    public int rows() {
        return classes.length / depth;
    }

    /** The class at a place of a row, 0 for the most likely. */
    public int at(int row, int place) {
        return classes[row * depth + place];
    }

    /**
     * The best classes of one row, by score and, where scores are equal, by number.
     *
     * @param target takes {@code depth} classes from {@code row * depth} on
     */
    static void best(double[] scores, int depth, int[] target, int row) {
        for (int place = 0; place < depth; place++) {
            int best = -1;
            for (int k = 0; k < scores.length; k++) {
                if ((best < 0 || scores[k] > scores[best])
                        && !taken(target, row, depth, place, k)) {
                    best = k;
                }
            }
            target[row * depth + place] = best;
        }
    }

    private static boolean taken(int[] target, int row, int depth, int places, int k) {
        for (int place = 0; place < places; place++) {
            if (target[row * depth + place] == k) {
                return true;
            }
        }
        return false;
    }
}
