package io.millrace.job.run;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/** The brokers of a run: somebody's, or an embedded one that lives as long as the session. */
public final class Session implements AutoCloseable {

    private final @Nullable EmbeddedBroker broker;
    private final KafkaConnection connection;
    private final Topics topics;

    private Session(@Nullable EmbeddedBroker broker, String bootstrap) {
        this.broker = broker;
        this.connection = KafkaConnection.to(bootstrap);
        this.topics = new Topics(connection);
    }

    /** Starts a broker of our own with its data in the directory. */
    public static Session embedded(Path directory) {
        EmbeddedBroker broker = EmbeddedBroker.start(directory);
        return new Session(broker, broker.bootstrap());
    }

    /** Uses brokers that are already there. */
    public static Session at(String bootstrap) {
        return new Session(null, bootstrap);
    }

    public KafkaConnection connection() {
        return connection;
    }

    public Topics topics() {
        return topics;
    }

    /**
     * Makes sure that the image topic is there and says how much it holds.
     *
     * @return one past the last offset, by partition
     * @throws io.millrace.connectors.kafka.MissingTopicException on brokers that are not ours
     */
    public Map<Integer, Long> imageTopic(String topic) {
        if (broker != null) {
            topics.ensure(topic, 1, imageTopicConfig());
        }
        return topics.endOffsets(topic);
    }

    /**
     * How an image topic is created: on a broker of our own it takes large images and keeps all.
     */
    public Map<String, String> imageTopicConfig() {
        return broker == null
                ? Map.of()
                : Map.of(
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(EmbeddedBroker.MAX_RECORD_BYTES),
                        TopicConfig.RETENTION_MS_CONFIG,
                        "-1");
    }

    @Override
    public void close() {
        topics.close();
        if (broker != null) {
            broker.close();
        }
    }
}
