package io.millrace.tests;

import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;

/** Runs of one kind, in which one kind of process is killed. */
interface KillSeries {

    /** What is killed, as the table says it. */
    String victim();

    /** Kills that one run is long enough for. */
    int killsInARun();

    /**
     * What a run comes to that nobody disturbs.
     *
     * @return a digest of everything that must be equal
     */
    String undisturbed() throws Exception;

    /**
     * Kills so often in one run at seeded moments, less often if it ends before, and lets it come
     * to its end.
     *
     * @param name of a new run
     * @param killed told after each kill how long it took until the next training step
     * @return the digest of what the run came to
     */
    String run(String name, int kills, Random random, Consumer<Duration> killed) throws Exception;
}
