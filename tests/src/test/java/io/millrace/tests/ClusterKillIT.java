package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Whatever process of a cluster is killed, the run ends with the undisturbed run's bits. */
@Tag("kill")
@Tag("cluster")
@TestInstance(Lifecycle.PER_CLASS)
class ClusterKillIT {

    private static final int EPOCHS = 60;
    private static final long SEED = 5;

    private KillScene scene;

    @BeforeAll
    void start(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "cluster.sh needs /bin/sh");
        assumeTrue(StandaloneCluster.isBuilt(), "the cluster's jars come with the package phase");
        scene = KillScene.start(directory);
    }

    @AfterAll
    void stop() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    @Test
    void run_endsWithTheSameBits_whenItsProcessesAreKilledInTurn() throws Exception {
        RunEnd expected;
        try (var undisturbed = scene.run("undisturbed", EPOCHS)) {
            expected = undisturbed.awaitEnd();
        }
        try (var killed = scene.run("killed", EPOCHS)) {
            killInTurn(killed);
            RunEnd actual = killed.awaitEnd();

            assertThat(actual.manifest()).isEqualTo(expected.manifest());
            assertThat(actual.reports()).isEqualTo(expected.reports());
            assertTopicHoldsEverythingOnce(killed);
            assertEveryRecordIsAccountedFor(killed);
            // Once more: there is nothing left to do, and nothing is done.
            assertThat(killed.submit()).contains("complete").doesNotContain("submitted");
        }
    }

    /** Each of the processes once, in a seeded order at seeded moments of the run. */
    private static void killInTurn(ClusterTraining run) throws Exception {
        var random = new Random(SEED);
        List<ClusterTraining.Victim> victims =
                new ArrayList<>(List.of(ClusterTraining.Victim.values()));
        Collections.shuffle(victims, random);
        List<KillMoment> moments = KillMoment.spread(random, run.steps(), victims.size());
        for (int i = 0; i < victims.size(); i++) {
            run.awaitStep(moments.get(i).step());
            Thread.sleep(moments.get(i).delayMillis());
            var recovery = run.kill(victims.get(i));
            System.out.println(victims.get(i) + " killed; the next step after " + recovery);
        }
    }

    private void assertEveryRecordIsAccountedFor(ClusterTraining run) {
        Invocation ledger =
                Invocation.of(
                        "ledger",
                        "--out",
                        run.outputs().root().toString(),
                        "--bootstrap",
                        scene.broker().bootstrap());
        assertThat(ledger.exitCode()).as(ledger.out() + ledger.err()).isZero();
        assertThat(ledger.out()).contains("images-0");
    }

    private static void assertTopicHoldsEverythingOnce(ClusterTraining run) throws Exception {
        List<String> committed = run.committedMetrics();
        assertThat(committed)
                .containsExactlyInAnyOrderElementsOf(
                        Files.readAllLines(run.outputs().root().resolve("metrics.jsonl")));
        List<Long> steps = new ArrayList<>();
        for (String line : committed) {
            JsonNode report = Outputs.json(line);
            if (report.path("kind").asText().equals("step")) {
                steps.add(report.path("step").asLong());
            }
        }
        assertThat(steps)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, run.steps()).boxed().toList());
    }
}
