package io.millrace.job.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.kafka.DeadLetterTopic;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.Millrace;
import io.millrace.job.broker.EmbeddedBroker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
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
import picocli.CommandLine;

class DeadLettersIT {

    @TempDir private static Path directory;
    private static EmbeddedBroker broker;

    private final StringWriter out = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedBroker.start(directory.resolve("broker"));
        try (Topics topics = new Topics(KafkaConnection.to(broker.bootstrap()));
                var producer =
                        new KafkaProducer<byte[], byte[]>(
                                Map.of("bootstrap.servers", broker.bootstrap()),
                                new ByteArraySerializer(),
                                new ByteArraySerializer())) {
            topics.ensure("dead", 1, Map.of());
            topics.ensure("images", 1, Map.of());
            producer.send(letter("CORRUPT", 7, "broken", "cat")).get();
            producer.send(letter("TRUNCATED", 8, "short", "dog")).get();
            var omitted = letter("TOO_MANY_BYTES", 9, "", "dog");
            omitted.headers().add("value-omitted", "99".getBytes(UTF_8));
            producer.send(omitted).get();
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void list_printsALineEach_andCountsReasons() {
        int code = run("list", "--limit", "2");

        assertThat(code).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "0@0  images-3@7  CORRUPT  6 bytes  why",
                        "0@1  images-3@8  TRUNCATED  5 bytes  why",
                        "3 dead letters: {CORRUPT=1, TOO_MANY_BYTES=1, TRUNCATED=1}");
    }

    @Test
    void show_printsHeaders_andSavesTheBytes() throws Exception {
        Path file = directory.resolve("saved");

        int code = run("show", "0@1", "--save", file.toString());

        assertThat(code).isZero();
        assertThat(out.toString()).contains("origin: images-3@8").contains("label: dog");
        assertThat(Files.readString(file)).isEqualTo("short");
    }

    @Test
    void show_failsWithACure_whenThereIsNoSuchLetter() {
        assertThat(run("show", "0@12")).isEqualTo(ExitCode.BAD_DATA.code());
    }

    @Test
    void replay_sendsOriginalsBack_exceptThoseThatWereOmitted() {
        assertThat(run("replay", "--reason", "CORRUPT")).isZero();
        assertThat(run("replay", "--to", "images")).isZero();

        assertThat(out.toString())
                .contains("1 records sent again")
                .contains("2 records sent again");
        List<DeadLetterTopic.Letter> images = new ArrayList<>();
        try (Topics topics = new Topics(KafkaConnection.to(broker.bootstrap()))) {
            new DeadLetterTopic(KafkaConnection.to(broker.bootstrap()), topics, "images")
                    .read(images::add);
        }
        assertThat(images)
                .extracting(letter -> new String(letter.value(), UTF_8))
                .containsExactly("broken", "broken", "short");
        assertThat(images.get(2).headers())
                .containsEntry("label", "dog")
                .containsEntry("replayed-from", "dead-0@1")
                .doesNotContainKey("reason");
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("deadletters"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--bootstrap", broker.bootstrap(), "--topic", "dead"));
        CommandLine commandLine = Millrace.commandLine();
        commandLine.setOut(new PrintWriter(out));
        return commandLine.execute(all.toArray(new String[0]));
    }

    private static ProducerRecord<byte[], byte[]> letter(
            String reason, int offset, String value, String label) {
        var record =
                new ProducerRecord<byte[], byte[]>(
                        "dead", "cam".getBytes(UTF_8), value.getBytes(UTF_8));
        Map.of(
                        "reason",
                        reason,
                        "detail",
                        "why",
                        "topic",
                        "images",
                        "partition",
                        "3",
                        "offset",
                        "" + offset,
                        "label",
                        label)
                .forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
        return record;
    }
}
