package io.millrace.job.probe;

import static java.util.Objects.requireNonNull;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.model.augment.EvaluationView;
import io.millrace.model.evaluation.FeatureExtractor;
import io.millrace.model.evaluation.FeatureExtractor.Extracted;
import io.millrace.model.image.Decoding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Takes a set's images through decoder, view and encoder, once. */
final class FeaturePass {

    /** Pixels of one batch of views. */
    private static final int BATCH_PIXELS = 1 << 19;

    /** Told how far a pass is. */
    @FunctionalInterface
    interface Listener {
        void extracted(int images, double fraction);
    }

    private final ImageSet set;
    private final FeatureExtractor extractor;
    private final EvaluationView view;
    private final @Nullable ImageSpool spool;
    private final List<String> labels = new ArrayList<>();
    private final Matrix features = new Matrix();
    private final Matrix projections = new Matrix();
    private final Map<Decoding.Reason, Integer> rejected = new TreeMap<>();
    private final int batch;
    private final ByteBuffer pixels;
    private int unlabelled;

    /**
     * A pass over a set.
     *
     * @param spool keeps the bytes of every image that has features; null for none
     */
    FeaturePass(
            ImageSet set,
            FeatureExtractor extractor,
            EvaluationView view,
            @Nullable ImageSpool spool) {
        this.set = set;
        this.extractor = extractor;
        this.view = view;
        this.spool = spool;
        batch = batchSize(view.side());
        pixels = ByteBuffer.allocateDirect(batch * view.side() * view.side() * 3);
    }

    /** Images that go through the encoder at a time. */
    static int batchSize(int side) {
        return Math.max(8, Math.min(512, BATCH_PIXELS / (side * side)));
    }

    /**
     * Runs.
     *
     * @param threads that decode
     * @throws CommandFailure if no image has both a class and pixels
     */
    Extraction run(int threads, Listener listener) throws InterruptedException {
        try (ImageSet.Reader reader = set.open();
                var views = new Views(threads)) {
            boolean more = true;
            while (more || views.waiting() > 0) {
                while (more && views.waiting() < 2 * batch) {
                    more = give(reader, views);
                }
                takeBatch(views);
                listener.extracted(labels.size(), reader.fraction());
            }
            compute();
        }
        if (labels.isEmpty()) {
            throw nothing();
        }
        return new Extraction(
                labels, features.values(), projections.values(), rejected, unlabelled);
    }

    /** Gives one image to the decoders; false at the end. */
    private boolean give(ImageSet.Reader reader, Views views) {
        ImageSet.Entry entry = reader.next();
        if (entry == null) {
            return false;
        }
        byte[] bytes = entry.bytes();
        String label = entry.label();
        if (label == null && bytes != null) {
            unlabelled++;
        } else {
            views.give(label == null ? "" : label, () -> bytes, view::render);
        }
        return true;
    }

    /** Takes views until a batch is full, or none is left. */
    private void takeBatch(Views views) throws InterruptedException {
        while (views.waiting() > 0) {
            Views.View taken = views.take();
            byte[] rgb = taken.rgb();
            if (rgb == null) {
                rejected.merge(requireNonNull(taken.reason()), 1, Integer::sum);
                continue;
            }
            pixels.put(rgb);
            labels.add(taken.label());
            if (spool != null) {
                spool.add(requireNonNull(taken.encoded()));
            }
            if (!pixels.hasRemaining()) {
                compute();
                return;
            }
        }
    }

    private void compute() {
        pixels.flip();
        if (pixels.hasRemaining()) {
            Extracted extracted = extractor.extract(pixels);
            features.add(extracted.features());
            projections.add(extracted.projection());
        }
        pixels.clear();
    }

    private CommandFailure nothing() {
        return new CommandFailure(
                ExitCode.BAD_DATA,
                "%s: no image can be used: %d have no label (expected folders class/file, a file of labels, or records with the header label), and %d cannot be decoded %s"
                        .formatted(
                                String.join(" ", set.sources()),
                                unlabelled,
                                rejected.values().stream().mapToInt(i -> i).sum(),
                                rejected));
    }
}
