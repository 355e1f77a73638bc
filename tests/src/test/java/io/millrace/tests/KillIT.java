package io.millrace.tests;

import static io.millrace.tests.TopicContents.header;
import static io.millrace.tests.TopicContents.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.job.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A run that is taken down half-way ends, when it goes on, as if nothing had happened. */
@Tag("kill")
@TestInstance(Lifecycle.PER_CLASS)
class KillIT {

    private static final int IMAGES = 600;
    private static final int EPOCHS = 50;
    private static final int HOSTILE = 4;
    private static final long STEPS = (long) EPOCHS * IMAGES / 32;

    private Path directory;
    private Path source;
    private Outputs undisturbed;

    @BeforeAll
    void trainUndisturbed(@TempDir Path temporary) throws Exception {
        directory = temporary;
        source = directory.resolve("pictures");
        Pictures.write(source, IMAGES);
        assertThat(Pictures.writeHostile(source, 1)).hasSize(HOSTILE);
        undisturbed = new Outputs(directory.resolve("undisturbed"));

        String output = trainToTheEnd(undisturbed);

        assertThat(output).doesNotContain("resuming");
        assertThat(undisturbed.summary().path("steps").asLong()).isEqualTo(STEPS);
    }

    @Test
    void train_endsWithTheSameBits_whenTheProcessWasKilled() throws Exception {
        var outputs = new Outputs(directory.resolve("killed"));
        try (Child child = start(outputs)) {
            awaitSavedStep(outputs, 0);
            child.kill();
        }
        assertThat(outputs.root().resolve("summary.json")).doesNotExist();

        assertThat(trainToTheEnd(outputs)).contains("resuming from");
        // Once more: there is nothing left to do, and nothing is done.
        assertThat(trainToTheEnd(outputs)).contains("complete").doesNotContain("resuming");

        assertEndsLikeTheUndisturbed(outputs);
    }

    @Test
    void train_endsWithTheSameBits_whenItGoesOnWithOtherNumbersOfReadersAndAugmenters()
            throws Exception {
        var outputs = new Outputs(directory.resolve("rescaled"));
        try (Child child = start(outputs, "-Dparallelism.source=1", "-Dparallelism.augment=1")) {
            awaitSavedStep(outputs, 0);
            child.signal("TERM");
            assertThat(child.await()).as(child.output()).isZero();
        }

        String more =
                trainToTheEnd(
                        outputs,
                        "-Dparallelism.source=8",
                        "-Dparallelism.augment=8",
                        "-Dparallelism.dealing=shortest-queue");

        assertThat(more).contains("resuming from");
        assertEndsLikeTheUndisturbed(outputs);
    }

    @Test
    void train_stopsAndGoesOn_whenTheProcessIsAskedToStop() throws Exception {
        var outputs = new Outputs(directory.resolve("stopped"));
        long before = 0;
        for (String signal : List.of("TERM", Child.interrupt())) {
            try (Child child = start(outputs)) {
                awaitSavedStep(outputs, before);
                child.signal(signal);
                assertThat(child.await()).as(child.output()).isZero();
            }

            JsonNode summary = outputs.summary();
            assertThat(summary.path("completed").asBoolean(true)).isFalse();
            assertThat(summary.path("steps").asLong()).isBetween(before + 1, STEPS - 1);
            assertThat(outputs.root().resolve(summary.path("snapshot").asText()))
                    .isDirectoryContaining("glob:**/model.safetensors");
            assertThat(summary.path("weights_sha256").asText()).isEqualTo(outputs.weightsSha256());
            before = summary.path("steps").asLong();
            assertEveryRecordIsAccountedFor(outputs);
        }

        assertThat(trainToTheEnd(outputs)).contains("resuming from");
        // Once more: there is nothing left to do, and nothing is done.
        assertThat(trainToTheEnd(outputs)).contains("complete").doesNotContain("resuming");

        assertEndsLikeTheUndisturbed(outputs);
    }

    private Child start(Outputs outputs, String... more) throws IOException {
        List<String> words =
                Invocation.train(
                        source,
                        EPOCHS,
                        outputs.root(),
                        "-Dcheckpoint.interval=1 s",
                        "-Dmetrics.every-steps=5",
                        "-Dprobe.baseline=true",
                        // Ten windows in an epoch.
                        "-Dsource.shuffle.block=16",
                        "-Dsource.shuffle.window=4");
        words.addAll(List.of(more));
        return Child.start(directory, words);
    }

    private String trainToTheEnd(Outputs outputs, String... more) throws Exception {
        try (Child child = start(outputs, more)) {
            assertThat(child.await()).as(child.output()).isZero();
            return child.output();
        }
    }

    /** Waits for a complete checkpoint of a later step; it trains on meanwhile. */
    private static void awaitSavedStep(Outputs outputs, long before) {
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () ->
                                savedStep(outputs) > before
                                        && hasCheckpoint(outputs.root().resolve("checkpoints")));
    }

    /** The step of the latest snapshot, which came with a checkpoint; 0 before the first. */
    private static long savedStep(Outputs outputs) throws IOException {
        return Files.exists(outputs.latest()) ? outputs.manifest().path("step").asLong() : 0;
    }

    private static boolean hasCheckpoint(Path checkpoints) throws IOException {
        if (!Files.isDirectory(checkpoints)) {
            return false;
        }
        try (Stream<Path> files = Files.find(checkpoints, 3, (f, a) -> f.endsWith("_metadata"))) {
            return files.findAny().isPresent();
        }
    }

    private void assertEndsLikeTheUndisturbed(Outputs outputs) throws Exception {
        for (String key :
                List.of(
                        "completed",
                        "steps",
                        "images",
                        "loss",
                        "probe_accuracy",
                        "queue_sha256",
                        "probe_sha256")) {
            assertThat(outputs.summary().path(key)).isEqualTo(undisturbed.summary().path(key));
        }
        assertThat(reports(outputs, "step", "loss"))
                .isEqualTo(reports(undisturbed, "step", "loss"));
        assertThat(reports(outputs, "probe", "accuracy"))
                .isEqualTo(reports(undisturbed, "probe", "accuracy"));
        assertThat(outputs.manifest().path("consumed"))
                .isEqualTo(undisturbed.manifest().path("consumed"));
        assertThat(outputs.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
        assertThat(outputs.summary().path("weights_sha256").asText())
                .isEqualTo(undisturbed.weightsSha256());
        assertEveryRecordIsAccountedFor(outputs);
        try (var broker = EmbeddedBroker.start(outputs.root().resolve("broker"))) {
            assertTopicsHoldEverythingOnce(outputs, broker.bootstrap());
        }
    }

    private static void assertEveryRecordIsAccountedFor(Outputs outputs) {
        Invocation ledger = Invocation.of("ledger", "--out", outputs.root().toString());
        assertThat(ledger.exitCode()).as(ledger.out() + ledger.err()).isZero();
    }

    /** Step, encoder and value of the reports of a kind, in the file's order. */
    private static List<String> reports(Outputs outputs, String kind, String value)
            throws IOException {
        return outputs.metrics(kind).stream()
                .map(r -> r.path("step") + " " + r.path("encoder") + " " + r.path(value))
                .toList();
    }

    private static void assertTopicsHoldEverythingOnce(Outputs outputs, String bootstrap)
            throws IOException {
        assertThat(TopicContents.committed(bootstrap, "millrace-metrics"))
                .extracting(TopicContents::value)
                .containsExactlyInAnyOrderElementsOf(
                        Files.readAllLines(outputs.root().resolve("metrics.jsonl")));
        List<String> letters = new ArrayList<>();
        for (var letter : TopicContents.committed(bootstrap, "millrace-dead-letters")) {
            letters.add(key(letter) + " in epoch " + header(letter, "epoch"));
        }
        assertThat(letters).hasSize(EPOCHS * HOSTILE).doesNotHaveDuplicates();
        List<String> announced = new ArrayList<>();
        for (var announcement : TopicContents.committed(bootstrap, "millrace-snapshots")) {
            JsonNode json = Outputs.json(TopicContents.value(announcement));
            announced.add(json.path("step") + " " + json.path("completed"));
        }
        assertThat(announced).doesNotHaveDuplicates().endsWith(STEPS + " true");
        assertThat(publishedSteps(outputs))
                .allMatch(step -> announced.stream().anyMatch(a -> a.startsWith(step + " ")));
    }

    private static List<Long> publishedSteps(Outputs outputs) throws IOException {
        List<Long> steps = new ArrayList<>();
        try (Stream<Path> entries = Files.list(outputs.latest().resolveSibling(""))) {
            for (Path entry : entries.toList()) {
                String name = "" + entry.getFileName();
                if (name.startsWith("step-")) {
                    steps.add(Long.parseLong(name.substring("step-".length())));
                }
            }
        }
        assertThat(steps).isNotEmpty();
        return steps;
    }
}
