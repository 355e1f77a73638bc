package io.millrace.tests;

import static io.millrace.tests.TopicContents.header;
import static io.millrace.tests.TopicContents.key;
import static io.millrace.tests.TopicContents.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.job.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A run over files in which some are no images, and everything that it leaves. */
@TestInstance(Lifecycle.PER_CLASS)
class TrainIT {

    private static final int IMAGES = 300;
    private static final int OF_EACH_KIND = 8;
    private static final int EPOCHS = 2;
    private static final int BATCH = 32;

    /** 18; 24 images are left over. */
    private static final long STEPS = EPOCHS * IMAGES / BATCH;

    private Path source;
    private Outputs outputs;
    private Map<String, String> hostile;
    private Invocation first;
    private EmbeddedBroker broker;
    private List<ConsumerRecord<byte[], byte[]>> images;

    @BeforeAll
    void train(@TempDir Path directory) throws IOException {
        source = directory.resolve("pictures");
        Pictures.write(source, IMAGES);
        hostile = Pictures.writeHostile(source, OF_EACH_KIND);
        outputs = new Outputs(directory.resolve("run"));
        first = again();
        assertThat(first.exitCode()).as(first.err()).isZero();
        broker = EmbeddedBroker.start(outputs.root().resolve("broker"));
        images = TopicContents.committed(broker.bootstrap(), "images");
    }

    @AfterAll
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private Invocation again(String... more) {
        List<String> words = Invocation.train(source, EPOCHS, outputs.root(), more);
        words.addAll(
                List.of(
                        "-Dmetrics.every-steps=1",
                        "-Dprobe.baseline=true",
                        // What was consumed last is then what was loaded last.
                        "-Dsource.shuffle=none"));
        return Invocation.of(words);
    }

    @Test
    void summary_countsEveryImageStepAndDeadLetter() throws Exception {
        JsonNode summary = outputs.summary();

        assertThat(summary.path("completed").asBoolean()).isTrue();
        assertThat(summary.path("steps").asLong()).isEqualTo(STEPS);
        assertThat(summary.path("images").asLong()).isEqualTo(STEPS * BATCH);
        assertThat(summary.path("dead_letters").asLong()).isEqualTo((long) EPOCHS * hostile.size());
        assertThat(summary.path("loss").asDouble()).isBetween(0.1, 20.0);
        assertThat(summary.path("probe_accuracy").asDouble(-1)).isBetween(0.0, 1.0);
        assertThat(summary.path("random_probe_accuracy").asDouble(-1)).isBetween(0.0, 1.0);
        assertThat(summary.path("knn_accuracy").asDouble(-1)).isBetween(0.0, 1.0);
        assertThat(summary.path("random_knn_accuracy").asDouble(-1)).isBetween(0.0, 1.0);
        assertThat(summary.path("images_per_second").asDouble()).isPositive();
        assertThat(outputs.root().resolve(summary.path("snapshot").asText()).toRealPath())
                .isEqualTo(outputs.latest().toRealPath());
    }

    @Test
    void metricsFile_holdsTheGaugesOfCollapse() throws IOException {
        assertThat(outputs.metrics("step"))
                .allSatisfy(
                        step -> {
                            assertThat(step.path("positive_similarity").asDouble(-2))
                                    .isBetween(-1.001, 1.001);
                            assertThat(step.path("negative_similarity").asDouble(-2))
                                    .isBetween(-1.001, 1.001);
                        });
        assertThat(outputs.metrics("probe"))
                .isNotEmpty()
                .allSatisfy(
                        probe -> {
                            assertThat(probe.path("bank").asInt()).isPositive();
                            assertThat(probe.path("deviation").asDouble()).isPositive();
                            assertThat(probe.path("rank_me").asDouble())
                                    .isBetween(1.0, probe.path("rank_of").asDouble() + 0.01);
                        });
    }

    @Test
    void weightsSha256_isTheOneOfTheFile() throws Exception {
        String sha256 = outputs.weightsSha256();

        assertThat(outputs.summary().path("weights_sha256").asText()).isEqualTo(sha256);
        assertThat(outputs.manifest().path("weights_sha256").asText()).isEqualTo(sha256);
    }

    @Test
    void images_areInTheTopicWithPathsAndLabels() throws IOException {
        assertThat(images).hasSize(IMAGES + hostile.size());
        for (ConsumerRecord<byte[], byte[]> image : images) {
            String path = key(image);
            assertThat(image.value()).isEqualTo(Files.readAllBytes(source.resolve(path)));
            assertThat(header(image, "label")).isEqualTo(path.substring(0, path.indexOf('/')));
        }
    }

    @Test
    void metricsFile_holdsEachStepOnceAndInOrder() throws IOException {
        List<JsonNode> steps = outputs.metrics("step");

        assertThat(steps)
                .extracting(step -> step.path("step").asLong())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, STEPS).boxed().toList());
        assertThat(steps)
                .allSatisfy(step -> assertThat(step.path("loss").isNumber()).isTrue())
                .allSatisfy(step -> assertThat(step.path("steps").asLong()).isEqualTo(1));
        assertThat(steps.get(steps.size() - 1).path("loss").asDouble())
                .isEqualTo(outputs.summary().path("loss").asDouble());
        assertThat(outputs.metrics("probe"))
                .extracting(probe -> probe.path("encoder").asText())
                .contains("trained", "untrained");
    }

    @Test
    void metricsTopic_holdsTheLinesOfTheFile() throws IOException {
        var topic = TopicContents.committed(broker.bootstrap(), "millrace-metrics");

        assertThat(topic)
                .extracting(TopicContents::value)
                .containsExactlyInAnyOrderElementsOf(
                        Files.readAllLines(outputs.root().resolve("metrics.jsonl")));
    }

    @Test
    void manifest_saysWhichRecordsWereConsumed() throws IOException {
        JsonNode consumed = outputs.manifest().path("consumed");

        assertThat(consumed).hasSize(EPOCHS);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            JsonNode range = consumed.get(epoch);
            assertThat(range.path("topic").asText()).isEqualTo("images");
            assertThat(range.path("partition").asInt(-1)).isZero();
            assertThat(range.path("epoch").asInt(-1)).isEqualTo(epoch);
            assertThat(range.path("start").asLong(-1)).isZero();
        }
        assertThat(consumed.get(0).path("end").asLong()).isEqualTo(images.size());
        assertThat(consumed.get(1).path("end").asLong()).isEqualTo(lastTrainedOn() + 1);
    }

    /** The offset, in the last epoch, of the last image of the last whole batch. */
    private long lastTrainedOn() {
        List<Long> good = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> image : images) {
            if (!hostile.containsKey(key(image))) {
                good.add(image.offset());
            }
        }
        return good.get(Math.toIntExact(STEPS * BATCH - (EPOCHS - 1) * IMAGES - 1));
    }

    /** What makes a dead letter the one it is. */
    private record Letter(String key, String reason, String topic, String place, int bytes) {}

    @Test
    void deadLetters_areTheHostileFilesOfEachEpoch() throws IOException {
        List<Letter> expected = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> image : images) {
            String reason = hostile.get(key(image));
            for (int epoch = 0; reason != null && epoch < EPOCHS; epoch++) {
                String place = "0@" + image.offset() + " in " + epoch;
                int bytes = image.value().length;
                expected.add(new Letter(key(image), reason, "images", place, bytes));
            }
        }

        List<Letter> letters = new ArrayList<>();
        for (var letter : TopicContents.committed(broker.bootstrap(), "millrace-dead-letters")) {
            letters.add(
                    new Letter(
                            key(letter),
                            header(letter, "reason"),
                            header(letter, "topic"),
                            header(letter, "partition")
                                    + "@"
                                    + header(letter, "offset")
                                    + " in "
                                    + header(letter, "epoch"),
                            letter.value().length));
            assertThat(letter.value()).isEqualTo(Files.readAllBytes(source.resolve(key(letter))));
            assertThat(header(letter, "label")).isEqualTo("hostile");
            assertThat(header(letter, "detail")).isNotBlank();
        }

        assertThat(letters).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void announcements_nameSnapshotsInOrderAndTheLastOneLast() throws IOException {
        List<JsonNode> announced = new ArrayList<>();
        for (var record : TopicContents.committed(broker.bootstrap(), "millrace-snapshots")) {
            assertThat(key(record)).isEqualTo("default");
            announced.add(Outputs.json(value(record)));
        }

        assertThat(announced).extracting(a -> a.path("step").asLong()).isSorted();
        JsonNode last = announced.get(announced.size() - 1);
        assertThat(last.path("completed").asBoolean()).isTrue();
        assertThat(last.path("step").asLong()).isEqualTo(STEPS);
        assertThat(Path.of(last.path("path").asText()).toRealPath())
                .isEqualTo(outputs.latest().toRealPath());
        assertThat(last.path("weights_sha256").asText())
                .isEqualTo(outputs.manifest().path("weights_sha256").asText());
    }

    @Test
    void train_saysComplete_whenItIsCalledAgain() throws IOException {
        Path summary = outputs.root().resolve("summary.json");
        FileTime written = Files.getLastModifiedTime(summary);

        Invocation second = again();

        assertThat(second.exitCode()).isZero();
        assertThat(second.out()).contains("This run is complete");
        assertThat(Files.getLastModifiedTime(summary)).isEqualTo(written);
    }

    @Test
    void train_namesWhatDiffers_whenTheDirectoryBelongsToOtherSettings() {
        Invocation other = again("-Dtraining.seed=12");

        assertThat(other.exitCode()).isEqualTo(3);
        assertThat(other.err())
                .contains("belongs to another run", "training.seed", "is 0 there", "12 here")
                .hasLineCount(1);
    }
}
