package io.millrace.tests;

import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;

/** Kills of one of a cluster's processes. */
record ClusterSeries(
        KillScene scene, ClusterTraining.Victim of, String victim, int epochs, int killsInARun)
        implements KillSeries {

    @Override
    public String undisturbed() throws Exception {
        return run("undisturbed-" + epochs, 0, new Random(0), recovery -> {});
    }

    @Override
    public String run(String name, int kills, Random random, Consumer<Duration> killed)
            throws Exception {
        try (var training = scene.run(name, epochs)) {
            for (var moment : KillMoment.spread(random, training.steps(), kills)) {
                training.awaitStep(moment.step());
                Thread.sleep(moment.delayMillis());
                if (training.isOver()) {
                    break; // processes took so long to start that it came to its end meanwhile
                }
                killed.accept(training.kill(of));
            }
            RunEnd end = training.awaitEnd();
            end.requireSameLines(training.committedMetrics());
            return end.sha256();
        }
    }
}
