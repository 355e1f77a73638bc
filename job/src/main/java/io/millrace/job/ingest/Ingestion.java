package io.millrace.job.ingest;

import static java.util.Objects.requireNonNull;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes the images of some sources to a topic: key = path, headers {@code label} and {@code
 * source}. Idempotent, and every send is confirmed; in order within a partition.
 */
public final class Ingestion {

    /** Room for key, headers and the batch's frame beside the image, bytes. */
    private static final int OVERHEAD = 4096;

    private static final int IN_FLIGHT = 2000;

    private final Target target;
    private final Consumer<IngestProgress> listener;

    /** Sends whose answer is still to come, in order. */
    private final Deque<Sent> pending = new ArrayDeque<>();

    private long began;
    private long images;
    private long bytes;
    private long oversized;

    /**
     * Where to.
     *
     * @param maxRecordBytes what the topic takes, {@code max.message.bytes}
     */
    public record Target(String bootstrap, String topic, int maxRecordBytes) {
        public Target {
            requireNonNull(bootstrap, "bootstrap");
            requireNonNull(topic, "topic");
        }
    }

    private record Sent(SourceEntry.Image image, Future<RecordMetadata> answer) {}

    /**
     * An ingestion that has not begun.
     *
     * @param listener told of every confirmed image and every one passed over, on the calling
     *     thread
     */
    public Ingestion(Target target, Consumer<IngestProgress> listener) {
        this.target = requireNonNull(target, "target");
        this.listener = requireNonNull(listener, "listener");
    }

    /**
     * Writes everything from that image on, and returns once all is confirmed. An interrupt ends it
     * early, with what was written confirmed.
     *
     * @throws CommandFailure if a source is damaged or the broker gone
     */
    public IngestProgress run(ImageSources sources, long from) {
        began = System.nanoTime();
        long size = Math.max(1, sources.size());
        double fraction = 0;
        try (ImageReader reader = sources.open(from, target.maxRecordBytes() - OVERHEAD);
                var producer = new KafkaProducer<byte[], byte[]>(config())) {
            for (SourceEntry e = reader.next(); e != null; e = reader.next()) {
                fraction = Math.min(1, (double) reader.passed() / size);
                take(e, producer, fraction);
                confirm(IN_FLIGHT, fraction);
                if (Thread.currentThread().isInterrupted()) {
                    break;
                }
            }
            producer.flush();
            fraction = Math.min(1, (double) reader.passed() / size);
            confirm(0, fraction);
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        }
        return progress(fraction, "");
    }

    private void take(SourceEntry entry, KafkaProducer<byte[], byte[]> producer, double fraction) {
        if (entry instanceof SourceEntry.Image image) {
            pending.add(new Sent(image, producer.send(message(image))));
        } else {
            skipped(entry.path(), fraction);
        }
    }

    private ProducerRecord<byte[], byte[]> message(SourceEntry.Image image) {
        var message =
                new ProducerRecord<byte[], byte[]>(
                        target.topic(), utf8(image.path()), image.bytes());
        if (image.label() != null) {
            message.headers().add("label", utf8(image.label()));
        }
        message.headers().add("source", utf8(image.source()));
        return message;
    }

    /** Waits until no more than so many answers are outstanding, and takes those that are there. */
    private void confirm(int outstanding, double fraction) {
        while (!pending.isEmpty()
                && (pending.size() > outstanding || pending.peek().answer().isDone())) {
            Sent sent = pending.remove();
            try {
                sent.answer().get();
                images++;
                bytes += sent.image().bytes().length;
                listener.accept(progress(fraction, ""));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (ExecutionException e) {
                refused(sent.image(), e, fraction);
            }
        }
    }

    private void refused(SourceEntry.Image image, ExecutionException e, double fraction) {
        Throwable cause = e.getCause();
        if (cause instanceof RecordTooLargeException) {
            skipped(image.path(), fraction);
            return;
        }
        ExitCode code = cause instanceof TimeoutException ? ExitCode.UNREACHABLE : ExitCode.FAILURE;
        throw new CommandFailure(
                code,
                image.path()
                        + ": the broker at "
                        + target.bootstrap()
                        + " did not take it: "
                        + (cause == null ? e : cause).getMessage()
                        + "; "
                        + images
                        + " images before it are in the topic",
                e);
    }

    private void skipped(String path, double fraction) {
        oversized++;
        listener.accept(progress(fraction, path));
    }

    private IngestProgress progress(double fraction, String tooLarge) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
        return new IngestProgress(images, bytes, oversized, fraction, tooLarge, elapsed);
    }

    private Map<String, Object> config() {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                target.bootstrap(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.BATCH_SIZE_CONFIG,
                512 << 10,
                ProducerConfig.LINGER_MS_CONFIG,
                20,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                64L << 20,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                target.maxRecordBytes());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
