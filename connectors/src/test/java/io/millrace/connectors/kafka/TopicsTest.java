package io.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.Broker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class TopicsTest {

    @RegisterExtension static final Broker BROKER = new Broker();

    @Test
    void ensure_createsOnce_whenCalledTwice() throws Exception {
        try (Topics topics = BROKER.topics()) {
            assertThat(topics.exists("images")).isFalse();
            assertThat(topics.ensure("images", 3, Map.of("max.message.bytes", "33554432")))
                    .isTrue();
            assertThat(topics.ensure("images", 5, Map.of())).isFalse();
            assertThat(topics.exists("images")).isTrue();
            assertThat(topics.partitions("images")).containsExactly(0, 1, 2);

            BROKER.fill("images", 1, 0, 4);
            assertThat(topics.endOffsets("images")).isEqualTo(Map.of(0, 0L, 1, 4L, 2, 0L));
            assertThat(topics.startOffsets("images")).isEqualTo(Map.of(0, 0L, 1, 0L, 2, 0L));
        }
    }

    @Test
    void endOffsets_nameTheTopic_whenItIsMissing() {
        try (Topics topics = BROKER.topics()) {
            assertThatThrownBy(() -> topics.endOffsets("absent"))
                    .isInstanceOf(MissingTopicException.class)
                    .hasMessage(
                            "Topic absent does not exist at "
                                    + BROKER.connection().bootstrapServers()
                                    + "; create it or correct the name.");
        }
    }

    @Test
    void exists_saysWhoDidNotAnswer_whenNobodyListens() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        String address = "127.0.0.1:" + port;
        try (Topics topics = new Topics(KafkaConnection.to(address), Duration.ofSeconds(2))) {
            assertThatThrownBy(() -> topics.exists("images"))
                    .isInstanceOf(UnreachableBrokerException.class)
                    .hasMessageStartingWith(
                            "No Kafka broker answered at " + address + " within 2 s");
        }
    }

    @Test
    void constructor_refuses_whenTheAddressCannotBe() {
        assertThatThrownBy(() -> new Topics(KafkaConnection.to("no-port")))
                .isInstanceOf(UnreachableBrokerException.class)
                .hasMessageContaining("no-port");
        assertThatThrownBy(() -> KafkaConnection.to(" ")).hasMessageContaining("host:port");
    }
}
