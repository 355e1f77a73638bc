package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that an earlier version stopped with a savepoint, kept in {@code stopped-run.zip}, goes on
 * with this one. With -Dmillrace.fixture.update=run it is recorded anew, with =end only what comes
 * of it on this machine.
 *
 * <p>On a machine like the recording one the rest of the run gives the recorded bits. On others the
 * first steps after the savepoint come close, and all that is counted is the same.
 */
@TestInstance(Lifecycle.PER_CLASS)
class SavepointIT {

    private static final int IMAGES = 96;
    private static final int EPOCHS = 150;
    private static final int BATCH = 16;
    private static final long STEPS = (long) IMAGES * EPOCHS / BATCH;

    /** Steps after the savepoint whose losses are compared on any machine. */
    private static final int COMPARED = 3;

    /** Between sums that two processors take in another order. */
    private static final double CLOSE = 1e-3;

    private Outputs run;
    private JsonNode recorded;
    private Invocation goneOn;

    @BeforeAll
    void goOn(@TempDir Path temporary) throws Exception {
        String update = System.getProperty("millrace.fixture.update", "");
        assertThat(update).as("-Dmillrace.fixture.update").isIn("", "run", "end");
        if (update.equals("run")) {
            record(temporary);
        }
        Map<String, byte[]> kept = StoppedRun.kept();
        recorded = StoppedRun.expected();
        Path root = StoppedRun.place(temporary, "restored");
        StoppedRun.unpack(kept, root);
        run = new Outputs(root);
        goneOn = Invocation.of(train(root));
        assertThat(goneOn.exitCode()).as(goneOn.err()).isZero();
        if (update.equals("end")) {
            run_goesOnFromTheSavepoint_toTheEnd();
            metrics_goOnWhereTheyStopped_eachStepOnce();
            keep(root, kept, recorded.path("step").asLong());
            recorded = StoppedRun.expected();
        }
    }

    private static void keep(Path root, Map<String, byte[]> stopped, long step) throws IOException {
        var outputs = new Outputs(root);
        JsonNode machine = outputs.manifest().path("machine");
        assertThat(!machine.has("onednn") && !machine.path("caches").asText().equals("unknown"))
                .as("record where oneDNN is not held back and knows the caches; here: " + machine)
                .isTrue();
        StoppedRun.pack(root, stopped, step, outputs);
    }

    private static List<String> train(Path out) {
        List<String> words = new ArrayList<>(List.of("train", "--topic", "images"));
        words.addAll(List.of("--epochs", "" + EPOCHS, "--out", out.toString()));
        words.addAll(
                List.of(
                        "-Dencoder.architecture=custom",
                        "-Dencoder.stem=cifar",
                        "-Dencoder.width=4",
                        "-Dencoder.blocks=1,1",
                        "-Dencoder.precision=fp32",
                        "-Dhead.dimension=8",
                        "-Dtraining.batch-size=" + BATCH,
                        "-Dtraining.threads=1",
                        "-Dcontrast.queue-capacity=72",
                        "-Dbatch-norm.splits=2",
                        "-Dviews.side=8",
                        "-Dprobe.knn.bank=64",
                        "-Dprobe.baseline=true",
                        "-Dsource.shuffle.block=8",
                        "-Dsource.shuffle.window=4",
                        "-Dparallelism.source=2",
                        "-Dparallelism.augment=2",
                        "-Dmetrics.every-steps=1"));
        return words;
    }

    /** Ingests, trains, stops half-way, packs what is there, and goes on to see what comes. */
    private static void record(Path temporary) throws Exception {
        Path root = StoppedRun.place(temporary, "recorded");
        Path pictures = temporary.resolve("pictures");
        StoppedRun.writePictures(pictures, IMAGES);
        List<String> ingest = new ArrayList<>(List.of("ingest", "--topic", "images"));
        ingest.addAll(List.of("--source", pictures.toString(), "--out", root.toString()));
        Invocation ingested = Invocation.of(ingest);
        assertThat(ingested.exitCode()).as(ingested.err()).isZero();
        try (Child child = Child.start(temporary, train(root))) {
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> child.step() > STEPS / 20);
            child.signal("TERM");
            assertThat(child.await()).as(child.output()).isZero();
        }
        var outputs = new Outputs(root);
        long step = outputs.summary().path("steps").asLong();
        assertThat(step).as("the run ended before it was stopped").isLessThan(STEPS - COMPARED);
        Map<String, byte[]> stopped = StoppedRun.read(root);

        Invocation goneOn = Invocation.of(train(root));
        assertThat(goneOn.exitCode()).as(goneOn.err()).isZero();
        keep(root, stopped, step);
    }

    @Test
    void run_goesOnFromTheSavepoint_toTheEnd() throws IOException {
        JsonNode summary = run.summary();

        assertThat(goneOn.out()).contains("resuming from ", "savepoint-");
        assertThat(summary.path("completed").asBoolean()).isTrue();
        for (String counted : List.of("steps", "images", "dead_letters")) {
            assertThat(summary.path(counted))
                    .as(counted)
                    .isEqualTo(recorded.path("summary").path(counted));
        }
        assertThat(summary.path("steps").asLong()).isEqualTo(STEPS);
        assertThat(run.manifest().path("consumed")).isEqualTo(recorded.path("consumed"));
    }

    @Test
    void metrics_goOnWhereTheyStopped_eachStepOnce() throws IOException {
        List<Long> steps = new ArrayList<>();
        run.metrics("step").forEach(report -> steps.add(report.path("step").asLong()));

        assertThat(steps).hasSize((int) STEPS).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void losses_afterTheSavepoint_areTheRecordedOnes() throws IOException {
        long step = recorded.path("step").asLong();
        List<JsonNode> reports = run.metrics("step");
        for (int i = 0; i < COMPARED; i++) {
            JsonNode report = reports.get((int) step + i);
            JsonNode expected = recorded.path("reports").path((int) step + i);
            assertThat(report.path("step")).isEqualTo(expected.path("step"));
            for (String field : List.of("loss", "positive_similarity", "negative_similarity")) {
                assertThat(report.path(field).asDouble())
                        .as(field + " of step " + report.path("step"))
                        .isCloseTo(expected.path(field).asDouble(), within(CLOSE));
            }
        }
    }

    @Test
    void weightsQueueAndProbe_areTheRecordedOnes_onAMachineLikeTheRecordingOne()
            throws IOException {
        assumeTrue(
                recorded.path("machine").equals(run.manifest().path("machine")),
                "recorded on another kind of machine, whose last bits are others: "
                        + recorded.path("machine"));
        for (String hash : List.of("weights_sha256", "queue_sha256", "probe_sha256")) {
            assertThat(run.summary().path(hash))
                    .as(hash)
                    .isEqualTo(recorded.path("summary").path(hash));
        }
    }

    @Test
    void ledger_balances() {
        Invocation ledger = Invocation.of("ledger", "--out", run.root().toString());

        assertThat(ledger.exitCode()).as(ledger.out() + ledger.err()).isZero();
    }
}
