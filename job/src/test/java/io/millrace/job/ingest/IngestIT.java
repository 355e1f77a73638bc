package io.millrace.job.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.Millrace;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.command.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class IngestIT {

    @TempDir private static Path directory;
    private static EmbeddedBroker broker;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(directory.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void ingest_writesEveryPhotographUnchanged() {
        Path photos = DataSets.file("photos-clothing.tar");

        int code = ingest("photos", photos.toString(), "--partitions", "2");

        assertThat(err.toString()).contains("progress=").doesNotContain("\r");
        assertThat(code).isZero();
        assertThat(out.toString()).startsWith("1,250 images (").contains(" in topic photos ");
        List<ConsumerRecord<String, byte[]>> records = read("photos", 2);
        assertThat(records).hasSize(1250);
        ConsumerRecord<String, byte[]> first =
                records.stream()
                        .filter(r -> r.key().startsWith("pants/72f1e164"))
                        .findFirst()
                        .orElseThrow();
        assertThat(first.value()).hasSize(24_855);
        assertThat(header(first, "label")).isEqualTo("pants");
        assertThat(header(first, "source")).isEqualTo("photos-clothing.tar");
    }

    @Test
    void ingest_writesNothing_whenLabelsAreMiscounted() {
        Path batch = DataSets.file("cifar10-jpeg-data_batch_1.tar.gz");
        String labels = DataSets.file("cifar10-labels-train.bin").toString();

        int code = ingest("miscounted", batch.toString(), "--labels", labels);

        assertThat(code).isEqualTo(ExitCode.BAD_DATA.code());
        assertThat(err.toString()).contains("50000 labels", "10000 images");
    }

    @Test
    void ingest_passesOverAFileByName_whenTheTopicDoesNotTakeIt() throws IOException {
        Path folder = Files.createDirectories(directory.resolve("mixed/cat"));
        Files.write(folder.resolve("large.jpg"), new byte[20_000]);
        Files.write(folder.resolve("small.jpg"), new byte[100]);
        try (Topics topics = new Topics(KafkaConnection.to(broker.bootstrap()))) {
            topics.ensure("narrow", 1, Map.of("max.message.bytes", "10000"));
        }

        int code = ingest("narrow", directory.resolve("mixed").toString());

        assertThat(code).isZero();
        assertThat(err.toString()).contains("passed over: cat/large.jpg");
        assertThat(out.toString()).startsWith("1 images (100 bytes)").contains("; 1 too large");
        assertThat(read("narrow", 1)).hasSize(1);
    }

    @Test
    void run_addsTheRest_whenResumed() throws IOException {
        Path folder = Files.createDirectories(directory.resolve("resumed/cat"));
        for (int i = 0; i < 10; i++) {
            Files.write(folder.resolve(i + ".jpg"), new byte[] {(byte) i});
        }
        ImageSources sources = ImageSources.of(List.of(folder.getParent()), null);
        try (Topics topics = new Topics(KafkaConnection.to(broker.bootstrap()))) {
            topics.ensure("resumed", 1, Map.of());
        }
        var target = new Ingestion.Target(broker.bootstrap(), "resumed", 1 << 20);
        List<IngestProgress> heard = new ArrayList<>();

        IngestProgress rest = new Ingestion(target, heard::add).run(sources, 7);

        assertThat(rest.images()).isEqualTo(3);
        assertThat(rest.fraction()).isEqualTo(1);
        assertThat(heard).extracting(IngestProgress::images).containsExactly(1L, 2L, 3L);
        assertThat(read("resumed", 1)).hasSize(3);
    }

    private int ingest(String topic, String source, String... more) {
        List<String> args = new ArrayList<>(List.of("ingest", "--source", source));
        args.addAll(List.of("--topic", topic, "--bootstrap", broker.bootstrap()));
        args.addAll(List.of(more));
        CommandLine commandLine = Millrace.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(args.toArray(String[]::new));
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static List<ConsumerRecord<String, byte[]>> read(String topic, int partitions) {
        Properties config = new Properties();
        config.setProperty("bootstrap.servers", broker.bootstrap());
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (var consumer =
                new KafkaConsumer<>(
                        config, new StringDeserializer(), new ByteArrayDeserializer())) {
            for (int p = 0; p < partitions; p++) {
                TopicPartition partition = new TopicPartition(topic, p);
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
                while (consumer.position(partition) < end) {
                    consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
                }
            }
        }
        return records;
    }
}
