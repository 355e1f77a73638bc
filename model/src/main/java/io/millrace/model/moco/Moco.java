package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.Preprocessing;
import io.millrace.model.moco.PretextTask.Batch;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.torch.Torch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One learner: the query encoder that is trained, its optimiser, and the {@linkplain Mechanism
 * mechanism} that it learns by; {@link MomentumQueue} is MoCo's.
 *
 * <p>Letters: N rows in a batch, C pooled features, D projected features, K keys in the queue.
 *
 * <p>For one thread at a time. One step at a time in a JVM too: see {@link Torch#record}. Two
 * lifetimes of native memory: what is a field lives as long as the learner, everything else as long
 * as the step.
 */
public final class Moco implements AutoCloseable {

    private static final long[] NONE = {};

    private final MocoSettings settings;
    private final Torch torch;
    private final NDManager manager;
    private final Preprocessing preprocessing;
    private final Rows rows;

    private final Encoder queryEncoder;
    private final PretextTask task;
    private final SgdOptimizer optimizer;
    private final Tally tally;
    private long steps;

    private @Nullable NDArray features; // (N, C), of the last step
    private @Nullable Encoder untrained;

    private Moco(MocoSettings settings, Torch torch, KeyOrder keyOrder) {
        this.settings = settings;
        this.torch = torch;
        manager = torch.newManager();
        preprocessing =
                new Preprocessing(torch, settings.encoder().normalization(), settings.side());
        rows = new Rows(manager, keyOrder, settings.batchSize(), settings.batchNorm().splits());
        queryEncoder = initialEncoder();
        task = task(keyOrder);
        optimizer = new SgdOptimizer(torch, settings.optimizer(), queryEncoder);
        tally = new Tally(torch);
    }

    private PretextTask task(KeyOrder keyOrder) {
        return switch (settings.contrast().mechanism()) {
            case MOMENTUM_QUEUE -> new MomentumQueue(settings, torch, rows, queryEncoder);
            case MOMENTUM_BATCH -> new MomentumBatch(settings, torch, rows, queryEncoder);
            case END_TO_END -> new EndToEnd(settings, torch, manager, keyOrder, queryEncoder);
            case MEMORY_BANK -> new MemoryBank(settings, torch, rows, queryEncoder);
        };
    }

    /** A learner before its first step: random weights and a random queue, from the seed. */
    public static Moco create(MocoSettings settings, Torch torch) {
        boolean shuffled = settings.batchNorm().shuffleKeys();
        KeyOrder order = shuffled ? KeyOrder.shuffled(settings.seed()) : KeyOrder.unchanged();
        return create(settings, torch, order);
    }

    static Moco create(MocoSettings settings, Torch torch, KeyOrder keyOrder) {
        torch.enterToCopy();
        return new Moco(settings, torch, keyOrder);
    }

    private Encoder initialEncoder() {
        EncoderSettings encoder = settings.encoder();
        return Encoder.create(
                torch,
                encoder.architecture(),
                encoder.head(),
                encoder.precision(),
                settings.seed());
    }

    /** Starts from weights from elsewhere, the untrained encoder too; before the first step. */
    public void initialize(InitialWeights initial) {
        torch.enterToCopy();
        initial.copyTo(arrays());
        if (task instanceof MomentumQueue contrast) {
            initial.copyTo(contrast.queue());
        }
        untrained = queryEncoder.keyEncoder();
    }

    /**
     * Takes one optimiser step on N pairs of views.
     *
     * @param query direct; (N, side, side, 3), RGB, from position to limit; not read afterwards
     * @param key the other views, row by row of the same images; likewise
     * @param images what tells the images apart, the same each time one comes: (N)
     */
    public void step(ByteBuffer query, ByteBuffer key, long[] images) {
        torch.enter();
        try (NDManager step = manager.newSubManager()) {
            step(new Batch(step, views(step, query), views(step, key), steps, images));
        }
    }

    /** As above, for a task that keeps no representations of images. */
    public void step(ByteBuffer query, ByteBuffer key) {
        step(query, key, NONE);
    }

    /** As above, on the same batches as arrays that are normalised: (N, 3, side, side). */
    void step(NDArray query, NDArray key, long... images) {
        torch.enter();
        try (NDManager step = manager.newSubManager()) {
            query.attach(step);
            key.attach(step);
            Views x1 = order -> order.apply(torch.operations(), query);
            step(new Batch(step, x1, order -> order.apply(torch.operations(), key), steps, images));
        }
    }

    private void step(Batch batch) {
        Contrasted contrasted = task.contrast(batch);
        optimizer.step(contrasted.gradient(), learningRate(steps));
        tally.add(contrasted.loss(), contrasted.matching());
        keepFeatures(contrasted.features());
        steps++;
    }

    private Views views(NDManager step, ByteBuffer pixels) {
        return Views.of(pixels, settings, preprocessing, step);
    }

    /** Learning rate of the last step; of the first before it. */
    public double learningRate() {
        return learningRate(Math.max(0, steps - 1));
    }

    private double learningRate(long step) {
        return settings.optimizer().learningRate() * settings.schedule().factor(step);
    }

    private void keepFeatures(NDArray ofThisStep) {
        if (features != null) {
            features.close();
        }
        features = ofThisStep;
        features.attach(manager);
    }

    /** Optimiser steps taken. */
    public long steps() {
        return steps;
    }

    /** Statistics since the last call; reading them waits for the device. */
    public StepStatistics takeStatistics() {
        return tally.take(task.queriesPerPair() * settings.batchSize(), learningRate());
    }

    /** Pooled backbone features of the last step's query views: (N, C), row-major. */
    public float[] features() {
        if (features == null) {
            throw new IllegalStateException(
                    "no step has been taken since this learner was made; call step first");
        }
        return features.toFloatArray();
    }

    /**
     * Features of views by the query encoder as it was before the first step, with batch norm on
     * the batch's own statistics, as in a training step: (N, C), row-major.
     *
     * @param query as in {@link #step(ByteBuffer, ByteBuffer)}
     */
    public float[] untrainedFeatures(ByteBuffer query) {
        torch.enter();
        if (untrained == null) {
            untrained = initialEncoder();
        }
        try (NDManager step = manager.newSubManager()) {
            NDArray input = views(step, query).in(rows.ofQueries());
            return untrained
                    .forward(input, rows.ofQueries(), Pass.WITHOUT_GRADIENT)
                    .features()
                    .toFloatArray();
        }
    }

    /**
     * Keys ever enqueued; the newest went to slot {@code (enqueued - 1) % K}. 0 for a task without
     * a queue.
     */
    public long enqueued() {
        return task instanceof MomentumQueue contrast ? contrast.queue().enqueued() : 0;
    }

    /** SHA-256 of the queue's keys, slot by slot; empty for a task without a queue. */
    public String queueSha256() {
        return task instanceof MomentumQueue contrast ? contrast.queue().sha256() : "";
    }

    /** Slots {@code from} to {@code from + count} of the queue: (count, D), row-major. */
    public float[] queueRows(int from, int count) {
        return queue().read(from, count);
    }

    /** Overwrites slots of the queue from {@code from} on with (count, D), row-major. */
    public void restoreQueueRows(int from, float[] values) {
        queue().write(from, values);
    }

    private Queue queue() {
        if (task instanceof MomentumQueue contrast) {
            return contrast.queue();
        }
        throw new IllegalStateException(settings.contrast().mechanism() + " has no queue");
    }

    /** A copy of everything that later steps depend on, except the queue's rows. */
    public List<NamedArray> state() {
        torch.enterToCopy();
        return TrainingState.save(arrays(), steps, enqueued(), tally.steps());
    }

    /** Takes over what {@link #state()} of a learner with the same settings returned. */
    public void restore(List<NamedArray> state) {
        torch.enterToCopy();
        long[] counters = TrainingState.restore(state, arrays(), 3);
        steps = counters[0];
        if (task instanceof MomentumQueue contrast) {
            contrast.queue().setEnqueued(counters[1]);
        }
        tally.setSteps(Math.toIntExact(counters[2]));
    }

    private Map<String, NDArray> arrays() {
        Map<String, NDArray> arrays = new TreeMap<>(task.arrays());
        arrays.put("query.parameters", queryEncoder.parameters());
        arrays.put("query.buffers", queryEncoder.buffers());
        arrays.put("optimizer.momentum", optimizer.momentum());
        arrays.put("statistics", tally.sums());
        return arrays;
    }

    /** The query encoder without its head, named and ordered as torchvision's state_dict. */
    public List<NamedTensor> backbone() {
        return Backbone.of(queryEncoder, task.passes() * steps);
    }

    /** The query encoder's head, in torchvision's place of {@code fc}. */
    public List<NamedTensor> head() {
        return Backbone.head(queryEncoder, task.passes() * steps);
    }

    @Override
    public void close() {
        if (untrained != null) {
            untrained.close();
        }
        tally.close();
        optimizer.close();
        task.close();
        queryEncoder.close();
        preprocessing.close();
        manager.close();
    }
}
