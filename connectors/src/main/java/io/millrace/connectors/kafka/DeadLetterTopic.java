package io.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The dead letters of a topic: to read, and to send back to where they came from. */
public final class DeadLetterTopic {

    /** The header of a record sent again: which dead letter it was. */
    public static final String REPLAYED_FROM = "replayed-from";

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final byte[] NOTHING = {};

    /** Sends that may wait for their answer at once. */
    private static final int IN_FLIGHT = 500;

    private final KafkaConnection connection;
    private final Topics topics;
    private final String topic;

    /**
     * One record.
     *
     * @param place in the dead-letter topic, as {@code partition@offset}
     * @param headers as {@link DeadLetterRecords} writes them
     * @param key of the original
     * @param value the original bytes; none if they were omitted
     */
    public record Letter(
            String place, Map<String, String> headers, byte @Nullable [] key, byte[] value) {

        public Letter {
            requireNonNull(place, "place");
            headers = Map.copyOf(headers);
            requireNonNull(value, "value");
        }

        /** A header's text; empty if there is none. */
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** Where the original was read, as {@code topic-partition@offset}. */
        public String origin() {
            return header("topic") + "-" + header("partition") + "@" + header("offset");
        }

        /** Whether key and value are all there. */
        public boolean isWhole() {
            return !headers.containsKey("value-omitted") && !headers.containsKey("key-omitted");
        }
    }

    /** The topic, which has to exist once it is read. */
    public DeadLetterTopic(KafkaConnection connection, Topics topics, String topic) {
        this.connection = requireNonNull(connection, "connection");
        this.topics = requireNonNull(topics, "topics");
        this.topic = requireNonNull(topic, "topic");
    }

    /** Gives every committed letter that is there now, partition by partition. */
    public void read(Consumer<Letter> letters) {
        Map<Integer, Long> ends = topics.endOffsets(topic);
        Map<String, ?> reading =
                Map.of(
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false);
        try (var consumer =
                new KafkaConsumer<>(
                        connection.clientProperties(reading),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            ends.forEach(
                    (number, end) -> {
                        var partition = new TopicPartition(topic, number);
                        consumer.assign(List.of(partition));
                        consumer.seekToBeginning(List.of(partition));
                        while (consumer.position(partition) < end) {
                            consumer.poll(POLL).records(partition).stream()
                                    .filter(record -> record.offset() < end)
                                    .map(DeadLetterTopic::letter)
                                    .forEach(letters);
                        }
                    });
        }
    }

    /**
     * Sends letters again, with the key, label and learner of the original; returns how many, once
     * all are confirmed. Those that are not whole are left where they are.
     *
     * @param which of the letters
     * @param target null for the topic that each one came from
     */
    public long replay(Predicate<Letter> which, @Nullable String target) {
        List<Future<RecordMetadata>> pending = new ArrayList<>();
        long[] sent = {0};
        try (var producer =
                new KafkaProducer<byte @Nullable [], byte[]>(
                        connection.clientProperties(
                                Map.of(
                                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                                        true,
                                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                                        Integer.MAX_VALUE)),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            read(
                    letter -> {
                        if (!letter.isWhole() || !which.test(letter)) {
                            return;
                        }
                        pending.add(producer.send(original(letter, target)));
                        sent[0]++;
                        if (pending.size() >= IN_FLIGHT) {
                            confirm(pending);
                        }
                    });
            producer.flush();
            confirm(pending);
        }
        return sent[0];
    }

    private ProducerRecord<byte @Nullable [], byte[]> original(
            Letter letter, @Nullable String target) {
        var record =
                new ProducerRecord<byte @Nullable [], byte[]>(
                        target == null ? letter.header("topic") : target,
                        letter.key() == null || letter.key().length == 0 ? null : letter.key(),
                        letter.value());
        for (String name : List.of(ImageRecords.LABEL, ImageRecords.LEARNER)) {
            if (letter.headers().containsKey(name)) {
                record.headers().add(name, letter.header(name).getBytes(UTF_8));
            }
        }
        record.headers().add(REPLAYED_FROM, (topic + "-" + letter.place()).getBytes(UTF_8));
        return record;
    }

    private static void confirm(List<Future<RecordMetadata>> pending) {
        for (Future<RecordMetadata> answer : pending) {
            try {
                answer.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while sending letters again", e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException refused
                        ? refused
                        : new KafkaException("a letter was not taken", e.getCause());
            }
        }
        pending.clear();
    }

    private static Letter letter(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers()
                .forEach(
                        header -> {
                            byte[] text = header.value() == null ? NOTHING : header.value();
                            headers.put(header.key(), new String(text, UTF_8));
                        });
        byte[] value = record.value();
        return new Letter(
                record.partition() + "@" + record.offset(),
                headers,
                record.key(),
                value == null ? NOTHING : value);
    }
}
