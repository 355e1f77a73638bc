package io.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.Broker;
import io.millrace.connectors.Jobs;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.model.stream.DeadLetter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopicSinksTest {

    @RegisterExtension static final Broker BROKER = new Broker();
    @RegisterExtension static final MiniClusterExtension CLUSTER = Jobs.cluster();

    @Test
    void lines_areCommittedOnce_whenTheJobFailsInTheMiddle() throws Exception {
        BROKER.create("images", 1);
        BROKER.create("metrics", 1);
        BROKER.fill("images", 0, 0, 400);
        Jobs.FailOnce.arm();

        var environment = Jobs.environment(Map.of());
        frames(environment, "images")
                .sinkTo(
                        TopicSinks.lines(
                                BROKER.connection(), "metrics", Transactions.named("once")));
        environment.execute();

        assertThat(Jobs.FailOnce.hasFailed()).isTrue();
        assertThat(BROKER.read("metrics").stream().map(r -> new String(r.value(), UTF_8)))
                .isEqualTo(IntStream.range(0, 400).mapToObj(i -> "0/0:" + i).toList());
    }

    @Test
    void deadLetters_keepTheOriginal_whenItFits() throws Exception {
        BROKER.create("photos", 1);
        BROKER.create("dead", 1);
        BROKER.fill("photos", 0, 9, 11);

        var environment = Jobs.environment(Map.of());
        environment
                .fromSource(
                        new ReplaySource(BROKER.connection(), freeze("photos")),
                        WatermarkStrategy.noWatermarks(),
                        "photos")
                .filter(frame -> !frame.isEndOfWindow())
                .map(frame -> new DeadLetter(frame, "TRUNCATED", "expected EOI, got the end"))
                .returns(TypeInformation.of(DeadLetter.class))
                .sinkTo(
                        TopicSinks.deadLetters(
                                BROKER.connection(), "dead", Transactions.named("dead"), 3));
        environment.execute();

        List<ConsumerRecord<byte[], byte[]>> dead = BROKER.read("dead");
        assertThat(dead).extracting(r -> new String(r.value(), UTF_8)).containsExactly("0:9", "");
        assertThat(dead).extracting(r -> new String(r.key(), UTF_8)).containsOnly("cam");
        Map<String, String> headers = headers(dead.get(1));
        assertThat(headers.remove("timestamp")).matches("\\d{13}");
        assertThat(headers)
                .hasToString(
                        "{detail=expected EOI, got the end, epoch=0, label=cat, learner=default,"
                                + " offset=1, partition=0, reason=TRUNCATED, topic=photos,"
                                + " value-omitted=4}");
    }

    private static DataStream<String> frames(StreamExecutionEnvironment environment, String topic) {
        return environment
                .fromSource(
                        new ReplaySource(BROKER.connection(), freeze(topic)),
                        WatermarkStrategy.noWatermarks(),
                        topic)
                .filter(frame -> !frame.isEndOfWindow())
                .map(Jobs::text)
                .returns(Types.STRING)
                .map(new Jobs.FailOnce());
    }

    private static ReplayManifest freeze(String topic) {
        try (Topics topics = BROKER.topics()) {
            return ReplayManifest.freeze(topics, topic);
        }
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), UTF_8)));
        return headers;
    }
}
