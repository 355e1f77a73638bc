package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.job.broker.DirectoryTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many kills, for docs/reliability.md; runs only when it is asked for by name. Goes on where it was
 * stopped, with the directory's next run.
 */
@Tag("kill")
@Tag("bench")
class KillBench {

    private static final int IMAGES = 600;
    private static final int EPOCHS = 60;

    private static final int KILLS = Integer.getInteger("millrace.kills", 0);
    private static final int PUBLISHING_KILLS = Integer.getInteger("millrace.publishing-kills", 0);
    private static final Duration TIME =
            Duration.ofMinutes(Integer.getInteger("millrace.kill-minutes", 24 * 60));
    private static final Path DIRECTORY =
            Path.of(System.getProperty("millrace.root", "."))
                    .resolve(System.getProperty("millrace.kill-bench", "target/kill-bench"));

    private final Instant begin = Instant.now();

    @Test
    void kills_whilePublishing_tearNothing_andAnnounceOnce() throws Exception {
        assumeTrue(PUBLISHING_KILLS > 0, "-Dmillrace.publishing-kills says how many");
        Files.createDirectories(DIRECTORY);
        Path work = Files.createTempDirectory(DIRECTORY, "publishing");
        PublishingKills.Outcome seen = new PublishingKills(work, 1).run(PUBLISHING_KILLS);
        String line =
                "%d kills while publishing: %d snapshots, each announced once; %d looks at latest, all whole and announced; %.0f s"
                        .formatted(seen.kills(), seen.snapshots(), seen.looks(), seen.seconds());
        Files.writeString(DIRECTORY.resolve("publishing.md"), line + "\n");
        say(line);
        DirectoryTree.delete(work);
    }

    @Test
    void kills_changeNothing() throws Exception {
        assumeTrue(KILLS > 0, "-Dmillrace.kills says how many");
        assumeTrue(StandaloneCluster.isBuilt(), "the cluster's jars come with the package phase");
        var log = new KillLog(DIRECTORY);
        Path work = Files.createTempDirectory(DIRECTORY, "work");
        try (KillScene scene = KillScene.start(work.resolve("scene"))) {
            for (var wanted : wanted(scene, work).entrySet()) {
                killInRuns(wanted.getKey(), wanted.getValue(), log);
            }
        }
        assertThat(log.unequal()).isEmpty();
        DirectoryTree.delete(work);
        say("the table is in " + DIRECTORY.resolve("kills.md"));
    }

    /** The series, and how many kills of each. */
    private static Map<KillSeries, Integer> wanted(KillScene scene, Path work) throws Exception {
        Map<KillSeries, Integer> wanted = new LinkedHashMap<>();
        int rare = KILLS * 12 / 100;
        int train = KILLS * 38 / 100;
        wanted.put(
                cluster(scene, ClusterTraining.Victim.TASK_MANAGER, "a TaskManager", 4),
                KILLS - train - 2 * rare);
        wanted.put(TrainSeries.in(work, IMAGES), train);
        wanted.put(cluster(scene, ClusterTraining.Victim.JOB_MANAGER, "the JobManager", 4), rare);
        wanted.put(cluster(scene, ClusterTraining.Victim.BROKER, "the broker", 4), rare);
        return wanted;
    }

    private static KillSeries cluster(
            KillScene scene, ClusterTraining.Victim of, String victim, int killsInARun) {
        return new ClusterSeries(scene, of, victim, EPOCHS, killsInARun);
    }

    private void killInRuns(KillSeries series, int wanted, KillLog log) throws Exception {
        while (log.kills(series.victim()) < wanted && !isLate()) {
            // Two kinds of process may be killed in the same kind of run.
            String kind = series.getClass().getSimpleName();
            if (log.reference(kind).isEmpty()) {
                log.keepReference(kind, series.undisturbed());
            }
            int kills = Math.min(series.killsInARun(), wanted - log.kills(series.victim()));
            KillLog.Run run = run(series, kills, log, log.reference(kind));
            log.add(run);
            log.writeTable("");
            say(run.toString());
        }
    }

    private KillLog.Run run(KillSeries series, int kills, KillLog log, String reference)
            throws Exception {
        List<Long> recoveries = new ArrayList<>();
        String name = "run-" + log.runs();
        // Another seed for each run, and the same when it is repeated.
        var random = new Random(log.runs());
        try {
            String digest =
                    series.run(
                            name,
                            kills,
                            random,
                            recovery -> {
                                recoveries.add(recovery.toMillis());
                                say(series.victim() + ": " + recovery.toMillis() + " ms");
                                log.writeTable(recoveries.size() + " kills of " + name);
                            });
            return new KillLog.Run(
                    name, series.victim(), recoveries.size(), recoveries, digest.equals(reference));
        } catch (Exception | AssertionError e) {
            // What is left of it may hold the cluster: the next start has another.
            int attempted = Math.min(kills, recoveries.size() + 1);
            log.add(new KillLog.Run(name, series.victim(), attempted, recoveries, false));
            log.writeTable("");
            throw e;
        }
    }

    private boolean isLate() {
        return Instant.now().isAfter(begin.plus(TIME));
    }

    private static void say(String line) {
        System.out.println(Instant.now() + " " + line);
    }
}
