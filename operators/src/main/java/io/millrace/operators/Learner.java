package io.millrace.operators;

import io.millrace.model.moco.Moco;
import io.millrace.model.moco.StepStatistics;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.stream.ConsumedRanges;
import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.FeatureBatch.Encoder;
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
import org.jspecify.annotations.Nullable;

/**
 * One encoder in training: collects view pairs in sequence order, until there is a batch to take a
 * step on. A batch is the next N views of the sequence, tombstones passed over.
 *
 * <p>For the task's thread, except {@link #train}, during which pairs may be offered and nothing
 * else.
 */
final class Learner implements AutoCloseable {

    private final String name;
    private final TrainSettings settings;
    private final Moco moco;
    private final Soundness soundness;
    private final SequenceBuffer order;
    private final ConsumedRanges consumed;
    private final ConsumedRanges dropped;

    /** In sequence order, tombstones included; not trained on yet. */
    private final List<ViewPair> pending = new ArrayList<>();

    private final ByteBuffer queries;
    private final ByteBuffer keys;
    private int pendingViews;

    /** Steps whose batches have been taken: one more than {@link #moco}'s while it trains. */
    private long begun;

    /** As of the batch that the next report is about. */
    private Progress reached;

    /** Of the step that a report is due after, until it is made. */
    private @Nullable StepStatistics statistics;

    private long images;
    private long rejected;
    private long reportedImages;
    private long reportedNanos = System.nanoTime();

    Learner(String name, TrainSettings settings, Moco moco, LearnerState state) {
        this.name = name;
        this.settings = settings;
        this.moco = moco;
        this.soundness = new Soundness(name, moco);
        this.order = new SequenceBuffer(state.nextSequence());
        this.consumed = new ConsumedRanges(state.consumed());
        this.dropped = new ConsumedRanges(state.dropped());
        this.images = state.images();
        this.reportedImages = images;
        this.rejected = state.rejected();
        this.begun = moco.steps();
        this.reached = progress();
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
                    if (!isDone()) { // else it came early for a step that is not wanted
                        append(next);
                    }
                    if (hasBatch()) {
                        whole.run();
                    }
                });
    }

    /** Whether the last batch that is wanted has been taken. */
    boolean isDone() {
        return settings.lastStep() > 0 && begun >= settings.lastStep();
    }

    /** Takes a pair whose turn it is, as on restore. */
    void append(ViewPair pair) {
        if (settings.dropLast() && opensAnEpoch(pair)) {
            dropPending();
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

    /** Takes the pairs of the next N views; {@link #train} comes next. */
    List<ViewPair> take() {
        int size = settings.moco().batchSize();
        List<ViewPair> batch = new ArrayList<>(size);
        int taken = 0;
        while (batch.size() < size) {
            ViewPair pair = pending.get(taken++);
            consumed.add(pair);
            if (pair.isTombstone()) {
                rejected++;
            } else {
                batch.add(pair);
            }
        }
        pending.subList(0, taken).clear();
        pendingViews -= size;
        images += size;
        begun++;
        if (begun % settings.reportEverySteps() == 0) {
            reached = progress();
        }
        return batch;
    }

    /** Takes a step on a batch and returns the features of its labelled records, by any thread. */
    List<FeatureBatch> train(List<ViewPair> batch) {
        queries.clear();
        keys.clear();
        for (ViewPair pair : batch) {
            pair.putQuery(queries);
            pair.putKey(keys);
        }
        long[] which = batch.stream().mapToLong(pair -> pair.position().image()).toArray();
        moco.step(queries.flip(), keys.flip(), which);
        List<FeatureBatch> features = features(batch);
        if (reportIsDue()) {
            statistics = moco.takeStatistics();
        }
        return features;
    }

    /** Ends the input: what does not make a batch is dropped, and counted. */
    void end() {
        dropPending();
        reached = progress();
    }

    private void dropPending() {
        rejected += pending.stream().filter(ViewPair::isTombstone).count();
        pending.forEach(dropped::add);
        pending.clear();
        pendingViews = 0;
    }

    /** Backbone features of the labelled records of the batch just trained on. */
    private List<FeatureBatch> features(List<ViewPair> batch) {
        if (batch.stream().allMatch(pair -> pair.label() == null)
                || settings.probe() == TrainSettings.Probed.NONE) {
            return List.of();
        }
        List<FeatureBatch> features = new ArrayList<>();
        features.add(
                FeatureBatch.labelled(name, Encoder.TRAINED, moco.steps(), batch, moco.features()));
        if (settings.probe() == TrainSettings.Probed.TRAINED_AND_UNTRAINED) {
            float[] untrained = moco.untrainedFeatures(queries.duplicate().rewind());
            features.add(
                    FeatureBatch.labelled(name, Encoder.UNTRAINED, moco.steps(), batch, untrained));
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
        StepStatistics taken = statistics != null ? statistics : moco.takeStatistics();
        statistics = null;
        if (!Double.isFinite(taken.loss())) {
            throw soundness.diverged("the loss is " + taken.loss());
        }
        long now = System.nanoTime();
        double rate = (images - reportedImages) * 1e9 / Math.max(1, now - reportedNanos);
        reportedNanos = now;
        reportedImages = images;
        return new StepReport(
                reached,
                taken.steps(),
                taken.loss(),
                taken.matching(),
                taken.learningRate(),
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
        List<NamedTensor> projection = moco.head();
        soundness.require(backbone, projection);
        EncoderParts.send(name, moco.steps(), SnapshotPart.Kind.WEIGHTS, backbone, out);
        EncoderParts.send(name, moco.steps(), SnapshotPart.Kind.HEAD, projection, out);
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

    private Progress progress() {
        return new Progress(name, begun, images, rejected, consumed.newestEpoch());
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

    private double queueFill() {
        int capacity = settings.moco().contrast().queued();
        return capacity == 0 ? Double.NaN : Math.min(1, (double) moco.enqueued() / capacity);
    }

    private void requireSide(ViewPair pair) {
        if (pair.viewBytes() != viewBytes()) {
            throw new IllegalStateException(
                    "%s: expected views of %d bytes, got %d; views.side of augmentation and training differ"
                            .formatted(pair.position(), viewBytes(), pair.viewBytes()));
        }
    }

    private int viewBytes() {
        return settings.moco().side() * settings.moco().side() * 3;
    }
}
