package io.millrace.connectors.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a cluster: whether they exist, how far they reach, and their creation. Every call
 * waits a bounded time and then says which broker did not answer.
 */
public final class Topics implements AutoCloseable {

    /** How long a call waits unless told otherwise. */
    public static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration RETRY = Duration.ofMillis(100);

    private final KafkaConnection connection;
    private final Duration patience;
    private final Admin admin;

    /** Connects with the default patience; fails at once only for addresses that cannot be. */
    public Topics(KafkaConnection connection) {
        this(connection, PATIENCE);
    }

    /**
     * @param patience how long each call waits for the brokers
     */
    public Topics(KafkaConnection connection, Duration patience) {
        this.connection = requireNonNull(connection, "connection");
        this.patience = requireNonNull(patience, "patience");
        long millis = patience.toMillis();
        try {
            admin =
                    Admin.create(
                            connection.clientProperties(
                                    Map.of(
                                            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                                            millis,
                                            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                                            millis)));
        } catch (KafkaException e) {
            throw new UnreachableBrokerException(connection.bootstrapServers(), Duration.ZERO, e);
        }
    }

    /** Whether the topic exists. */
    public boolean exists(String topic) {
        try {
            partitions(topic);
            return true;
        } catch (MissingTopicException missing) {
            return false;
        }
    }

    /**
     * Creates the topic if it is not there and waits until every partition has a leader that
     * answers; records sent earlier can be lost without a sign.
     *
     * @param partitions of a new topic; one that exists keeps its own
     * @param config of a new topic, for example {@code max.message.bytes}
     * @return whether the topic was created
     */
    public boolean ensure(String topic, int partitions, Map<String, String> config) {
        NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty());
        boolean created = true;
        try {
            await(topic, admin.createTopics(List.of(wanted.configs(config))).all());
        } catch (TopicExistsException exists) {
            created = false;
        }
        awaitLeaders(topic);
        return created;
    }

    /** The topic's partitions, from 0. */
    public List<Integer> partitions(String topic) {
        TopicDescription description =
                await(topic, admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
        requireNonNull(description, topic);
        return description.partitions().stream()
                .map(TopicPartitionInfo::partition)
                .sorted()
                .toList();
    }

    /** The first offset that each partition still holds. */
    public NavigableMap<Integer, Long> startOffsets(String topic) {
        return offsets(topic, OffsetSpec.earliest());
    }

    /** One past the last offset that a reader of committed records can see, by partition. */
    public NavigableMap<Integer, Long> endOffsets(String topic) {
        return offsets(topic, OffsetSpec.latest());
    }

    /**
     * The offset of each partition's first record that is not older; partitions without one are
     * missing.
     *
     * @param millis since 1970
     */
    public NavigableMap<Integer, Long> offsetsAt(String topic, long millis) {
        NavigableMap<Integer, Long> offsets = offsets(topic, OffsetSpec.forTimestamp(millis));
        offsets.values().removeIf(offset -> offset < 0);
        return offsets;
    }

    /** The largest batch of records that the topic takes, bytes: {@code max.message.bytes}. */
    public int maxMessageBytes(String topic) {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config =
                requireNonNull(
                        await(topic, admin.describeConfigs(List.of(resource)).all()).get(resource));
        return Integer.parseInt(config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
    }

    private NavigableMap<Integer, Long> offsets(String topic, OffsetSpec spec) {
        return listOffsets(topic, partitions(topic), spec);
    }

    private NavigableMap<Integer, Long> listOffsets(
            String topic, List<Integer> partitions, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> wanted =
                partitions.stream()
                        .collect(Collectors.toMap(p -> new TopicPartition(topic, p), p -> spec));
        NavigableMap<Integer, Long> offsets = new TreeMap<>();
        await(
                        topic,
                        admin.listOffsets(
                                        wanted,
                                        new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                                .all())
                .forEach((partition, info) -> offsets.put(partition.partition(), info.offset()));
        return offsets;
    }

    /** A just created topic is unknown to some brokers for a moment, hence the retries. */
    private void awaitLeaders(String topic) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                offsets(topic, OffsetSpec.latest());
                return;
            } catch (MissingTopicException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
                pause();
            }
        }
    }

    private <T> T await(String topic, KafkaFuture<T> future) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for topic " + topic, e);
        } catch (TimeoutException e) {
            throw new UnreachableBrokerException(connection.bootstrapServers(), patience, e);
        } catch (ExecutionException e) {
            throw failure(topic, e.getCause());
        }
    }

    private RuntimeException failure(String topic, @Nullable Throwable cause) {
        if (cause instanceof UnknownTopicOrPartitionException) {
            return new MissingTopicException(topic, connection.bootstrapServers(), cause);
        }
        if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
            return new UnreachableBrokerException(connection.bootstrapServers(), patience, cause);
        }
        return cause instanceof RuntimeException unchecked
                ? unchecked
                : new KafkaException("asking for topic " + topic + " failed", cause);
    }

    private static void pause() {
        try {
            Thread.sleep(RETRY.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a new topic", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
