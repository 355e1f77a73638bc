package io.millrace.job.run;

import io.millrace.connectors.kafka.ImageRecords;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.job.feed.FeedImage;
import io.millrace.job.feed.ProceduralFeed;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a procedural feed to a topic as cameras would, a little ahead of what is trained on. Image
 * i is the topic's record i, so that a feed taken up again goes on where the topic ends.
 */
public final class FeedThread implements AutoCloseable {

    private static final long NAP_MILLIS = 20;

    /**
     * Which images to send.
     *
     * @param from the first: the topic's end
     * @param to one past the last
     */
    public record Span(long from, long to) {}

    private final ProceduralFeed feed;
    private final String topic;
    private final long ahead;
    private final KafkaProducer<byte @Nullable [], byte[]> producer;
    private final Thread thread;
    private final AtomicLong trained = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /**
     * Starts sending.
     *
     * @param ahead records that the feed may be ahead of what is reported as trained on
     */
    public FeedThread(
            ProceduralFeed feed, KafkaConnection connection, String topic, Span span, long ahead) {
        this.feed = feed;
        this.ahead = ahead;
        this.topic = topic;
        this.producer =
                new KafkaProducer<>(
                        connection.clientProperties(
                                Map.of(
                                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                                        true,
                                        ProducerConfig.LINGER_MS_CONFIG,
                                        20,
                                        ProducerConfig.BATCH_SIZE_CONFIG,
                                        256 << 10)),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        trained.set(span.from());
        thread = new Thread(() -> run(span), "feed");
        thread.setDaemon(true);
        thread.start();
    }

    /** Says how many of the topic's records have been trained on or set aside. */
    public void trainedOn(long records) {
        trained.accumulateAndGet(records, Math::max);
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("the demo's feed broke off: " + failed, failed);
        }
    }

    private void run(Span span) {
        try {
            Future<?> last = null;
            for (long index = span.from(); index < span.to(); index++) {
                while (index > trained.get() + ahead) {
                    Thread.sleep(NAP_MILLIS);
                }
                last = send(index, last);
            }
            producer.flush();
            if (last != null) {
                last.get();
            }
        } catch (InterruptedException | CancellationException stopped) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | RuntimeException e) {
            failure.set(e);
        }
    }

    /** Sends one; a failed send before it shows here, since an idempotent producer keeps order. */
    private Future<?> send(long index, @Nullable Future<?> before)
            throws ExecutionException, InterruptedException {
        if (before != null && before.isDone()) {
            before.get();
        }
        FeedImage image = feed.image(index);
        return producer.send(
                ImageRecords.record(topic, image.camera(), image.label(), image.bytes()));
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
        producer.close();
    }
}
