package io.millrace.operators;

import io.millrace.model.moco.Moco;
import io.millrace.model.moco.StepStatistics;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.stream.ConsumedRanges;
import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.Progress;
import io.millrace.model.stream.SequenceBuffer;
import io.millrace.model.stream.SnapshotPart;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * One encoder in training: collects view pairs in sequence order and takes a step as soon as there
 * is a batch. A batch is the next N views of the sequence, tombstones passed over.
 */
final class Learner implements AutoCloseable {

    private final String name;
    private final TrainSettings settings;
    private final Moco moco;
    private final SequenceBuffer order;
    private final ConsumedRanges consumed;
    private final ConsumedRanges dropped;

    /** In sequence order, tombstones included; not trained on yet. */
    private final List<ViewPair> pending = new ArrayList<>();

    private final ByteBuffer queries;
    private final ByteBuffer keys;
    private int pendingViews;

    /** The step of the newest checkpoint, whose weights were found to be finite. */
    private long sound;

    private long images;
    private long rejected;
    private long reportedImages;
    private long reportedNanos = System.nanoTime();

    Learner(String name, TrainSettings settings, Moco moco, LearnerState state) {
        this.name = name;
        this.settings = settings;
        this.moco = moco;
        this.order = new SequenceBuffer(state.nextSequence());
        this.consumed = new ConsumedRanges(state.consumed());
        this.dropped = new ConsumedRanges(state.dropped());
        this.images = state.images();
        this.reportedImages = images;
        this.rejected = state.rejected();
        this.sound = moco.steps();
        int bytes = settings.moco().batchSize() * viewBytes();
        this.queries = ByteBuffer.allocateDirect(bytes);
        this.keys = ByteBuffer.allocateDirect(bytes);
    }

    /**
     * Takes a pair that may have come early, and what was waiting for it, one after the other.
     *
     * @param whole called as soon as there is a batch: an epoch may end with the next pair
     */
    void offer(ViewPair pair, Runnable whole) {
        order.offer(
                pair,
                next -> {
                    append(next);
                    if (hasBatch()) {
                        whole.run();
                    }
                });
    }

    /** Whether the last step that is wanted has been taken. */
    boolean isDone() {
        return settings.lastStep() > 0 && moco.steps() >= settings.lastStep();
    }

    /** Takes a pair whose turn it is, as on restore. */
    void append(ViewPair pair) {
        if (settings.dropLast() && opensAnEpoch(pair)) {
            end();
        }
        if (!pair.isTombstone()) {
            requireSide(pair);
            pendingViews++;
        }
        pending.add(pair);
    }

    private boolean opensAnEpoch(ViewPair pair) {
        return !pending.isEmpty() && pending.get(0).position().epoch() != pair.position().epoch();
    }

    boolean hasBatch() {
        return pendingViews >= settings.moco().batchSize() && !isDone();
    }

    /** Trains on the next N pending views and returns the pairs they came from. */
    List<ViewPair> step() {
        int size = settings.moco().batchSize();
        List<ViewPair> batch = new ArrayList<>(size);
        queries.clear();
        keys.clear();
        int taken = 0;
        while (batch.size() < size) {
            ViewPair pair = pending.get(taken++);
            consumed.add(pair);
            if (pair.isTombstone()) {
                rejected++;
                continue;
            }
            pair.putQuery(queries);
            pair.putKey(keys);
            batch.add(pair);
        }
        pending.subList(0, taken).clear();
        pendingViews -= size;
        long[] which = batch.stream().mapToLong(pair -> pair.position().image()).toArray();
        moco.step(queries.flip(), keys.flip(), which);
        images += size;
        return batch;
    }

    /** Ends the epoch or the input: what does not make a batch is dropped, and counted. */
    void end() {
        rejected += pending.stream().filter(ViewPair::isTombstone).count();
        pending.forEach(dropped::add);
        pending.clear();
        pendingViews = 0;
    }

    /** Backbone features of the labelled records of the batch just trained on. */
    List<FeatureBatch> features(List<ViewPair> batch) {
        boolean labelled = batch.stream().anyMatch(pair -> pair.label() != null);
        if (!labelled || settings.probe() == TrainSettings.Probed.NONE) {
            return List.of();
        }
        List<FeatureBatch> features = new ArrayList<>();
        features.add(select(batch, FeatureBatch.Encoder.TRAINED, moco.features()));
        if (settings.probe() == TrainSettings.Probed.TRAINED_AND_UNTRAINED) {
            float[] untrained = moco.untrainedFeatures(queries.duplicate().rewind());
            features.add(select(batch, FeatureBatch.Encoder.UNTRAINED, untrained));
        }
        return features;
    }

    boolean reportIsDue() {
        return moco.steps() % settings.reportEverySteps() == 0;
    }

    /**
     * How training went since the last report.
     *
     * @throws SuppressRestartsException if the loss is not a number: a restart would only repeat it
     */
    StepReport report() {
        StepStatistics statistics = moco.takeStatistics();
        if (!Double.isFinite(statistics.loss())) {
            throw diverged("the loss is " + statistics.loss());
        }
        long now = System.nanoTime();
        double rate = (images - reportedImages) * 1e9 / Math.max(1, now - reportedNanos);
        reportedNanos = now;
        reportedImages = images;
        return new StepReport(
                new Progress(name, moco.steps(), images, rejected, consumed.newestEpoch()),
                statistics.steps(),
                statistics.loss(),
                statistics.matching(),
                statistics.learningRate(),
                queueFill(),
                rate,
                System.currentTimeMillis());
    }

    /**
     * Sends the encoder as it is now.
     *
     * @throws SuppressRestartsException if a weight is not a finite number; nothing is sent then
     */
    void publish(boolean completed, Consumer<SnapshotPart> out) {
        List<NamedTensor> backbone = moco.backbone();
        backbone.forEach(this::requireFinite);
        List<NamedTensor> projection = moco.head();
        projection.forEach(this::requireFinite);
        sound = moco.steps();
        EncoderParts.send(name, sound, SnapshotPart.Kind.WEIGHTS, backbone, out);
        EncoderParts.send(name, sound, SnapshotPart.Kind.HEAD, projection, out);
        var progress =
                new Progress(
                        name,
                        moco.steps(),
                        images,
                        rejected,
                        consumed.ranges(),
                        dropped.ranges(),
                        ConsumedRanges.of(pending).ranges(),
                        moco.queueSha256());
        out.accept(SnapshotPart.end(progress, completed));
    }

    LearnerState state() {
        if (order.waiting() > 0) {
            throw new IllegalStateException(
                    "learner %s: %d view pairs wait for sequence %d at a checkpoint barrier; the edge from augment to train must use aligned checkpoints"
                            .formatted(name, order.waiting(), order.next()));
        }
        return new LearnerState(
                LearnerState.VERSION,
                CheckpointShape.of(settings.moco()),
                images,
                rejected,
                order.next(),
                consumed.ranges(),
                dropped.ranges());
    }

    Moco moco() {
        return moco;
    }

    List<ViewPair> pending() {
        return pending;
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        moco.close();
    }

    private void requireFinite(NamedTensor tensor) {
        tensor.notFinite()
                .ifPresent(
                        value -> {
                            throw diverged(
                                    "%s of the encoder holds %s".formatted(tensor.name(), value));
                        });
    }

    private SuppressRestartsException diverged(String symptom) {
        return new SuppressRestartsException(
                new ArithmeticException(
                        "learner %s, step %d, learning rate %s: %s. The last good checkpoint %s, and nothing was published after it. Start a new run with a smaller optimizer.learning-rate or a larger contrast.temperature"
                                .formatted(
                                        name,
                                        moco.steps(),
                                        moco.learningRate(),
                                        symptom,
                                        sound > 0
                                                ? "is that of step " + sound
                                                : "does not exist")));
    }

    private double queueFill() {
        int capacity = settings.moco().contrast().queued();
        return capacity == 0 ? Double.NaN : Math.min(1, (double) moco.enqueued() / capacity);
    }

    private FeatureBatch select(
            List<ViewPair> batch, FeatureBatch.Encoder encoder, float[] features) {
        return FeatureBatch.labelled(name, encoder, moco.steps(), batch, features);
    }

    private void requireSide(ViewPair pair) {
        if (pair.viewBytes() != viewBytes()) {
            throw new IllegalStateException(
                    "%s: expected views of %d bytes (side %d), got %d; views.side of augmentation and training differ"
                            .formatted(
                                    pair.position(),
                                    viewBytes(),
                                    settings.moco().side(),
                                    pair.viewBytes()));
        }
    }

    private int viewBytes() {
        return settings.moco().side() * settings.moco().side() * 3;
    }
}
