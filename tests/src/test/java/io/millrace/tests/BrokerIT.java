package io.millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker's command. */
class BrokerIT {

    @TempDir private Path directory;

    @Test
    @Tag("kill")
    void broker_hasTheSameRecordsAtTheSameAddress_whenItWasKilled() throws Exception {
        try (var broker = BrokerProcess.start(directory)) {
            String bootstrap = broker.bootstrap();
            try (var topics = new Topics(KafkaConnection.to(bootstrap))) {
                topics.ensure("images", 1, Map.of());
            }
            send(bootstrap, "before");
            broker.kill();
            broker.restart();

            assertThat(broker.output()).contains("broker at " + bootstrap);
            send(bootstrap, "after");
            assertThat(TopicContents.committed(bootstrap, "images"))
                    .extracting(TopicContents::key)
                    .containsExactly("before", "after");
            assertThat(broker.stop()).as(broker.output()).isZero();
        }
    }

    @Test
    void broker_saysWhich_whenThePortIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "" + taken.getLocalPort();

            Invocation failed =
                    Invocation.of("broker", "--out", directory.toString(), "--port", port);

            assertThat(failed.exitCode()).isEqualTo(1);
            assertThat(failed.err()).contains("port " + port).hasLineCount(1);
        }
    }

    private static void send(String bootstrap, String key) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", bootstrap);
        var bytes = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(properties, bytes, bytes)) {
            var sent = new ProducerRecord<>("images", key.getBytes(UTF_8), new byte[1]);
            assertThat(producer.send(sent).get().hasOffset()).isTrue();
        }
    }
}
