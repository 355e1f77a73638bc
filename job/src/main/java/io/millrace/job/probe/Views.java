package io.millrace.job.probe;

import static java.util.Objects.requireNonNull;

import io.millrace.model.image.Decoding;
import io.millrace.model.image.ImageDecoder;
import io.millrace.model.image.ImageLimits;
import io.millrace.model.image.RgbImage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Decodes images and renders their views on all cores, ahead of whoever takes them, in the order in
 * which they were given. Given and taken by one thread.
 */
final class Views implements AutoCloseable {

    /** Makes a view of an image: 8-bit RGB, interleaved. Called by several threads. */
    @FunctionalInterface
    interface Renderer {
        byte[] render(RgbImage image);
    }

    /**
     * What became of one image.
     *
     * @param label class name
     * @param encoded its bytes; null for a file too large to be read
     * @param rgb 8-bit RGB, (side, side, 3); null if there is a reason
     * @param reason why it has no view; null if it has one
     */
    record View(
            String label,
            byte @Nullable [] encoded,
            byte @Nullable [] rgb,
            Decoding.@Nullable Reason reason) {
        View {
            requireNonNull(label, "label");
        }
    }

    private final ExecutorService threads;
    private final Deque<Future<View>> pending = new ArrayDeque<>();
    private final ThreadLocal<ImageDecoder> decoders =
            ThreadLocal.withInitial(() -> new ImageDecoder(ImageLimits.DEFAULT));

    Views(int count) {
        threads =
                Executors.newFixedThreadPool(
                        count,
                        task -> {
                            Thread thread = new Thread(task, "views");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Gives an image.
     *
     * @param bytes reads the encoded image; null bytes stand for a file too large to be read
     */
    void give(String label, Callable<byte @Nullable []> bytes, Renderer renderer) {
        pending.add(threads.submit(() -> view(label, bytes.call(), renderer)));
    }

    private View view(String label, byte @Nullable [] bytes, Renderer renderer) {
        if (bytes == null) {
            return new View(label, null, null, Decoding.Reason.TOO_MANY_BYTES);
        }
        Decoding decoding = decoders.get().decode(bytes);
        if (decoding instanceof Decoding.Decoded decoded) {
            return new View(label, bytes, renderer.render(decoded.image()), null);
        }
        return new View(label, bytes, null, ((Decoding.Rejected) decoding).reason());
    }

    /** Images given and not taken. */
    int waiting() {
        return pending.size();
    }

    /** Takes the one given first, when it is done. */
    View take() throws InterruptedException {
        try {
            return pending.remove().get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException("decoding failed", cause);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
