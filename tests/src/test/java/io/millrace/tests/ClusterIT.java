package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.command.ExitCode;
import io.millrace.job.feed.ProceduralFeed;
import io.millrace.job.run.FeedThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Tag("cluster")
class ClusterIT {

    private static final long IMAGES = 1024;
    private static final int EPOCHS = 4;
    private static final int BATCH = 32;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Pattern SUBMITTED = Pattern.compile("submitted job ([0-9a-f]{32})");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path directory;

    private static @Nullable EmbeddedBroker broker;
    private static StandaloneCluster cluster;
    private static String bootstrap;

    @BeforeAll
    static void startBrokerAndCluster() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "cluster.sh needs /bin/sh");
        assumeTrue(StandaloneCluster.isBuilt(), "the cluster's jars come with the package phase");
        broker = EmbeddedBroker.start(directory.resolve("broker"));
        bootstrap = broker.bootstrap();
        fill("images");
        cluster = StandaloneCluster.start(directory.resolve("cluster"));
    }

    @AfterAll
    static void stopClusterAndBroker() throws Exception {
        try (var stopped = broker) {
            if (cluster != null) {
                cluster.close();
                assertThat(cluster.isRunning()).isFalse();
            }
        }
    }

    /** Two jobs one after the other: native code must bear a second submission to one process. */
    @Test
    void run_givesTheSameEncoder_whenATaskManagerIsKilled() throws Exception {
        Path undisturbed = directory.resolve("undisturbed");
        JsonNode expected = awaitCompleted(submit(undisturbed), undisturbed);

        Path disturbed = directory.resolve("disturbed");
        String job = submit(disturbed);
        await().atMost(PATIENCE).until(() -> !manifests(disturbed).isEmpty());
        cluster.killTaskManagerOf(job);
        JsonNode actual = awaitCompleted(job, disturbed);

        assertThat(cluster.jobManagerLog()).contains("Restoring job " + job + " from Checkpoint");
        assertThat(expected.get("step").asLong()).isEqualTo(IMAGES * EPOCHS / BATCH);
        assertThat(actual.get("step")).isEqualTo(expected.get("step"));
        assertThat(actual.get("weights_sha256")).isEqualTo(expected.get("weights_sha256"));
        assertThat(reportedSteps(disturbed))
                .isEqualTo(reportedSteps(undisturbed))
                .endsWith(IMAGES * EPOCHS / BATCH);
    }

    @Test
    void submit_fails_whenTheTopicIsMissing() throws Exception {
        Path out = directory.resolve("missing");

        var outcome = cluster.submit(words(out, "-Dkafka.topic.images=elsewhere"));

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREACHABLE.code());
        assertThat(outcome.output()).contains("elsewhere").contains(bootstrap);
        assertThat(out).doesNotExist();
    }

    private static String submit(Path out) throws IOException, InterruptedException {
        var outcome = cluster.submit(words(out));
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        Matcher matcher = SUBMITTED.matcher(outcome.output());
        assertThat(matcher.find()).as(outcome.output()).isTrue();
        return matcher.group(1);
    }

    private static List<String> words(Path out, String... more) {
        List<String> words = new ArrayList<>(List.of("--out", out.toString()));
        words.addAll(
                List.of(
                        "-Dkafka.bootstrap=" + bootstrap,
                        "-Dsource.mode=replay",
                        "-Dsource.epochs=" + EPOCHS,
                        "-Dencoder.architecture=custom",
                        "-Dencoder.stem=cifar",
                        "-Dencoder.width=8",
                        "-Dencoder.blocks=1,1",
                        "-Dtraining.batch-size=" + BATCH,
                        "-Dtraining.threads=1",
                        "-Dcontrast.queue-capacity=128",
                        "-Dbatch-norm.splits=2",
                        "-Dschedule.kind=cosine",
                        "-Dviews.side=16",
                        "-Dcheckpoint.interval=500ms",
                        // None is deleted while the test reads.
                        "-Dsnapshots.keep=1000"));
        words.addAll(List.of(more));
        return words;
    }

    private static void fill(String topic) throws InterruptedException {
        KafkaConnection connection = KafkaConnection.to(bootstrap);
        try (var topics = new Topics(connection)) {
            topics.ensure(topic, 1, Map.of());
            try (var feed =
                    new FeedThread(
                            new ProceduralFeed(7, 0),
                            connection,
                            topic,
                            new FeedThread.Span(0, IMAGES),
                            IMAGES)) {
                await().atMost(PATIENCE)
                        .until(
                                () -> {
                                    feed.trainedOn(0);
                                    return topics.endOffsets(topic).equals(Map.of(0, IMAGES));
                                });
            }
        }
    }

    /** Until the job has ended: its sinks commit in any order, and then all of them have. */
    private static JsonNode awaitCompleted(String job, Path out) throws IOException {
        await().atMost(PATIENCE).until(() -> cluster.state(job).equals("FINISHED"));
        return manifests(out).stream()
                .filter(manifest -> manifest.get("completed").asBoolean())
                .findFirst()
                .orElseThrow();
    }

    /** Of the encoders that are published now. */
    private static List<JsonNode> manifests(Path out) throws IOException {
        Path published = out.resolve("snapshots").resolve("default");
        List<JsonNode> manifests = new ArrayList<>();
        if (Files.isDirectory(published)) {
            try (Stream<Path> snapshots = Files.list(published)) {
                for (Path snapshot : snapshots.filter(ClusterIT::isSnapshot).toList()) {
                    manifests.add(JSON.readTree(snapshot.resolve("manifest.json").toFile()));
                }
            }
        }
        return manifests;
    }

    private static boolean isSnapshot(Path entry) {
        return entry.getFileName().toString().startsWith("step-");
    }

    private static List<Long> reportedSteps(Path out) throws IOException {
        List<Long> steps = new ArrayList<>();
        for (String line : Files.readAllLines(out.resolve("metrics.jsonl"))) {
            JsonNode report = JSON.readTree(line);
            if (report.get("kind").asText().equals("step")) {
                steps.add(report.get("step").asLong());
            }
        }
        return steps;
    }
}
