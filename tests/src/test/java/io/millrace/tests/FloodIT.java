package io.millrace.tests;

import static io.millrace.tests.TopicContents.header;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.command.ExitCode;
import io.millrace.job.feed.ProceduralFeed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A feed of which nothing is an image for a while: sixteen batches' worth between good ones. */
class FloodIT {

    private static final int BATCH = 32;
    private static final int GOOD = 2 * BATCH;
    private static final int BAD = 16 * BATCH;

    @TempDir private static Path directory;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void fill() throws Exception {
        broker = EmbeddedBroker.start(directory.resolve("broker"));
        var bytes = new ByteArraySerializer();
        Map<String, Object> properties = Map.of("bootstrap.servers", broker.bootstrap());
        var feed = new ProceduralFeed(5, 0);
        try (var topics = new Topics(KafkaConnection.to(broker.bootstrap()));
                var producer = new KafkaProducer<byte[], byte[]>(properties, bytes, bytes)) {
            topics.ensure("images", 1, Map.of());
            for (int i = 0; i < GOOD + BAD + GOOD; i++) {
                boolean bad = i >= GOOD && i < GOOD + BAD;
                byte[] value = bad ? ("no image " + i).getBytes(US_ASCII) : feed.image(i).bytes();
                producer.send(new ProducerRecord<>("images", value)).get();
            }
        }
    }

    @AfterAll
    static void close() {
        broker.close();
    }

    @Test
    void train_passesOverTheFlood_andShowsIt() throws Exception {
        var outputs = new Outputs(directory.resolve("patient"));

        Invocation run = train(outputs);

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode summary = outputs.summary();
        assertThat(summary.path("steps").asLong()).isEqualTo(2 * GOOD / BATCH);
        assertThat(summary.path("dead_letters").asLong()).isEqualTo(BAD);
        assertThat(outputs.metrics("step"))
                .extracting(report -> report.path("rejected").asLong())
                .startsWith(0L, 0L)
                .endsWith((long) BAD);
        List<Long> offsets = new ArrayList<>();
        for (var letter : TopicContents.committed(broker.bootstrap(), "millrace-dead-letters")) {
            assertThat(header(letter, "reason")).isEqualTo("NOT_AN_IMAGE");
            offsets.add(Long.parseLong(header(letter, "offset")));
        }
        assertThat(offsets).contains((long) GOOD, GOOD + BAD - 1L);
        assertThat(offsets.stream().distinct()).hasSize(BAD);
    }

    @Test
    void train_failsAndSaysSo_whenMoreIsRejectedThanAllowed() {
        var outputs = new Outputs(directory.resolve("strict"));

        Invocation run =
                train(
                        outputs,
                        "-Dsource.max-rejected-share=0.5",
                        "-Dsource.rejected-window=100",
                        "-Dkafka.topic.dead-letters=strict-dead-letters");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE.code());
        assertThat(run.err())
                .contains("of the last 100 records could not be trained on, allowed are 50.0 %")
                .contains("NOT_AN_IMAGE")
                .contains("source.max-rejected-share");
        assertThat(outputs.root().resolve("summary.json")).doesNotExist();
    }

    private static Invocation train(Outputs outputs, String... more) {
        List<String> words =
                new ArrayList<>(List.of("train", "--topic", "images", "--epochs", "1"));
        words.addAll(List.of("--bootstrap", broker.bootstrap()));
        words.addAll(List.of("--out", outputs.root().toString()));
        words.addAll(Invocation.SMALL);
        // One augmenter and stream order: the window of the limit sees the flood as it comes.
        words.addAll(List.of("-Dsource.shuffle=none", "-Dparallelism.augment=1"));
        words.add("-Dmetrics.every-steps=1");
        words.addAll(List.of(more));
        return Invocation.of(words);
    }
}
