package io.millrace.tests;

import static io.millrace.tests.TopicContents.header;
import static io.millrace.tests.TopicContents.value;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.feed.FeedImage;
import io.millrace.job.feed.ProceduralFeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that the broker would not take, sent by reference. */
class ReferencesIT {

    private static final int IMAGES = 64;
    private static final int BATCH = 32;

    /** What the topic takes, bytes; each image is made to have more. */
    private static final int MAX_MESSAGE = 10_000;

    @TempDir private Path directory;

    @Test
    void train_learnsFromReferences_andSetsAsideThoseThatAreNotAllowed() throws Exception {
        Path photos = Files.createDirectories(directory.resolve("photos"));
        var outputs = new Outputs(directory.resolve("run"));
        String forbidden = reference(write(directory.resolve("elsewhere.jpg"), 0));
        try (var broker = EmbeddedBroker.start(directory.resolve("broker"))) {
            send(broker, photos, forbidden);

            Invocation run = train(broker, outputs, photos);

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(outputs.summary().path("steps").asLong()).isEqualTo(IMAGES / BATCH);
            assertThat(outputs.summary().path("dead_letters").asLong()).isEqualTo(1);
            var letters = TopicContents.committed(broker.bootstrap(), "millrace-dead-letters");
            assertThat(letters).hasSize(1);
            assertThat(value(letters.get(0))).isEqualTo(forbidden);
            assertThat(header(letters.get(0), "reason")).isEqualTo("REFERENCE_NOT_ALLOWED");
            assertThat(header(letters.get(0), "label")).isEqualTo("none");

            Invocation replay =
                    Invocation.of("deadletters", "replay", "--bootstrap", broker.bootstrap());

            assertThat(replay.exitCode()).as(replay.err()).isZero();
            var images = TopicContents.committed(broker.bootstrap(), "images");
            assertThat(value(images.get(images.size() - 1))).isEqualTo(forbidden);
        }
    }

    private static Invocation train(EmbeddedBroker broker, Outputs outputs, Path photos) {
        List<String> words =
                new ArrayList<>(List.of("train", "--topic", "images", "--epochs", "1"));
        words.addAll(List.of("--bootstrap", broker.bootstrap()));
        words.addAll(List.of("--out", outputs.root().toString()));
        words.addAll(Invocation.SMALL);
        words.add("-Dimage.reference.allow=" + photos.toUri());
        return Invocation.of(words);
    }

    private static void send(EmbeddedBroker broker, Path photos, String forbidden)
            throws Exception {
        var bytes = new ByteArraySerializer();
        Map<String, Object> properties = Map.of("bootstrap.servers", broker.bootstrap());
        try (var topics = new Topics(KafkaConnection.to(broker.bootstrap()));
                var producer = new KafkaProducer<byte[], byte[]>(properties, bytes, bytes)) {
            topics.ensure("images", 1, Map.of("max.message.bytes", "" + MAX_MESSAGE));
            producer.send(record(forbidden, "none")).get();
            for (int i = 0; i < IMAGES; i++) {
                Path file = write(photos.resolve(i + ".jpg"), i);
                producer.send(record(reference(file), i % 2 == 0 ? "even" : "odd")).get();
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String value, String label) {
        var record = new ProducerRecord<byte[], byte[]>("images", value.getBytes(UTF_8));
        record.headers().add("label", label.getBytes(UTF_8));
        return record;
    }

    /** An image of the feed with a comment that makes it longer than a message may be. */
    private static Path write(Path file, int index) throws IOException {
        FeedImage image = new ProceduralFeed(11, 0).image(index);
        byte[] jpeg = image.bytes();
        int comment = 2 * MAX_MESSAGE;
        byte[] longer = new byte[jpeg.length + 4 + comment];
        System.arraycopy(jpeg, 0, longer, 0, 2);
        longer[2] = (byte) 0xff;
        longer[3] = (byte) 0xfe;
        longer[4] = (byte) ((comment + 2) >> 8);
        longer[5] = (byte) (comment + 2);
        Arrays.fill(longer, 6, 6 + comment, (byte) '.');
        System.arraycopy(jpeg, 2, longer, 6 + comment, jpeg.length - 2);
        return Files.write(file, longer);
    }

    private static String reference(Path file) throws Exception {
        return "{\"uri\": \"%s\", \"length\": %d, \"sha256\": \"%s\"}"
                .formatted(file.toUri(), Files.size(file), Outputs.sha256(file));
    }
}
