package io.millrace.tests;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * When to kill: once the run has taken a step, and a while after that.
 *
 * @param delayMillis any moment between two checkpoints, or within one
 */
record KillMoment(long step, long delayMillis) {

    private static final int MOST_DELAY_MILLIS = 600;

    /** As many moments, one in each of as many parts of a run, and a last part without. */
    static List<KillMoment> spread(Random random, long steps, int kills) {
        long part = steps / (kills + 1);
        List<KillMoment> moments = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            long step = part * i + 1 + random.nextInt((int) part);
            moments.add(new KillMoment(step, random.nextInt(MOST_DELAY_MILLIS)));
        }
        return moments;
    }
}
