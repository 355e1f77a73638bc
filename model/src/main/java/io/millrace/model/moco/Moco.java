package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Output;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.Preprocessing;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.torch.SplitMix;
import io.millrace.model.torch.Torch;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Momentum Contrast, He et al. 2019, arXiv:1911.05722, in the step order of the reference code
 * (facebookresearch/moco, moco/builder.py and main_moco.py).
 *
 * <p>Letters: N rows in a batch, C pooled features, D projected features, K keys in the queue.
 *
 * <p>For one thread at a time. One step at a time in a JVM too: see {@link Torch#record}. Two
 * lifetimes of native memory: what is a field lives as long as the learner, everything else as long
 * as the step.
 */
public final class Moco implements AutoCloseable {

    private final MocoSettings settings;
    private final Torch torch;
    private final NDManager manager;
    private final Preprocessing preprocessing;
    private final KeyOrder keyOrder;
    private final RowOrder queryRows;

    private final Encoder queryEncoder;
    private final Encoder keyEncoder;
    private final Queue queue;
    private final SgdOptimizer optimizer;
    private final Tally tally;
    private long steps;

    private @Nullable NDArray features; // (N, C), of the last step
    private @Nullable Encoder untrained;

    private Moco(MocoSettings settings, Torch torch, KeyOrder keyOrder) {
        this.settings = settings;
        this.torch = torch;
        this.keyOrder = keyOrder;
        manager = torch.newManager();
        preprocessing = new Preprocessing(torch, settings.encoder().normalization());
        int splits = settings.batchNorm().splits();
        int[] unchanged = KeyOrder.unchanged().permutation(0, settings.batchSize());
        queryRows = new RowOrder(manager, unchanged, splits);

        queryEncoder = initialEncoder();
        keyEncoder = queryEncoder.copy();
        queue =
                new Queue(
                        torch,
                        settings.contrast().queueCapacity(),
                        settings.encoder().head().dimension(),
                        SplitMix.of(settings.seed(), Streams.QUEUE));
        optimizer = new SgdOptimizer(torch, settings.optimizer(), queryEncoder.parameters());
        tally = new Tally(torch);
    }

    /** A learner before its first step: random weights and a random queue, from the seed. */
    public static Moco create(MocoSettings settings, Torch torch) {
        return create(
                settings,
                torch,
                settings.batchNorm().shuffleKeys()
                        ? KeyOrder.shuffled(settings.seed())
                        : KeyOrder.unchanged());
    }

    static Moco create(MocoSettings settings, Torch torch, KeyOrder keyOrder) {
        torch.enter();
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

    /**
     * Takes one optimiser step on N pairs of views.
     *
     * @param query direct; (N, side, side, 3), RGB, from position to limit; not read afterwards
     * @param key the other views, row by row of the same images; likewise
     */
    public void step(ByteBuffer query, ByteBuffer key) {
        torch.enter();
        try (NDManager step = manager.newSubManager()) {
            step(step, views(step, query), views(step, key));
        }
    }

    /** As above, on the same batches as arrays that are normalised: (N, 3, side, side). */
    void step(NDArray query, NDArray key) {
        torch.enter();
        try (NDManager step = manager.newSubManager()) {
            query.attach(step);
            key.attach(step);
            step(step, order -> order.apply(query), order -> order.apply(key));
        }
    }

    private void step(NDManager step, Views x1, Views x2) {
        updateKeyEncoder();
        // Both passes see the same queue: keys are enqueued after the last.
        Contrasted first = contrast(step, x1, x2, 0);
        if (settings.contrast().symmetric()) {
            Contrasted second = contrast(step, x2, x1, 1);
            optimizer.step(first.gradient().addi(second.gradient()), learningRate(steps));
            queue.enqueue(second.k().concat(first.k(), 0)); // keys of x1, then of x2: (2N, D)
            tally.add(first.loss().add(second.loss()), first.hits().add(second.hits()));
        } else {
            optimizer.step(first.gradient(), learningRate(steps));
            queue.enqueue(first.k());
            tally.add(first.loss(), first.hits());
        }
        keepFeatures(first.features());
        steps++;
    }

    /** Equation 1: each query against its key and the queue. */
    private Contrasted contrast(NDManager step, Views queries, Views keys, int pass) {
        RowOrder keyRows = keyRows(step, pass);
        NDArray keyInput = keys.in(keyRows);
        NDArray k = normalize(keyEncoder.forward(keyInput, keyRows, Pass.WITHOUT_GRADIENT));

        NDArray queryInput = queries.in(queryRows);
        try (GradientCollector collector = torch.record()) {
            Output query = queryEncoder.forward(queryInput, queryRows, Pass.WITH_GRADIENT);
            NDArray q = normalize(query); // (N, D)
            NDArray negatives = queue.negatives(q.getManager()); // (D, K)
            NDArray logits = InfoNce.logits(q, k, negatives, settings.contrast().temperature());
            NDArray loss = InfoNce.loss(logits);
            collector.backward(loss);
            return new Contrasted(
                    query.parameters().getGradient(),
                    loss.stopGradient(),
                    InfoNce.hits(logits),
                    k,
                    query.features().stopGradient());
        }
    }

    /** Equation 2: the key encoder's parameters follow the query encoder's; buffers do not. */
    private void updateKeyEncoder() {
        double m = settings.contrast().momentum();
        try (NDArray share = queryEncoder.parameters().mul(1 - m)) {
            keyEncoder.parameters().muli(m).addi(share);
        }
    }

    private RowOrder keyRows(NDManager step, int pass) {
        int[] permutation = keyOrder.permutation(passes() * steps + pass, settings.batchSize());
        return new RowOrder(step, permutation, settings.batchNorm().splits());
    }

    private Views views(NDManager step, ByteBuffer pixels) {
        return Views.of(pixels, settings, preprocessing, step);
    }

    /** Returns the projections with rows of length 1: (N, D). */
    private static NDArray normalize(Output output) {
        return output.projection().normalize(2, 1, 1e-12);
    }

    /** Passes of queries a step. */
    private int passes() {
        return settings.contrast().symmetric() ? 2 : 1;
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
        return tally.take(passes() * settings.batchSize(), learningRate(Math.max(0, steps - 1)));
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
            NDArray input = views(step, query).in(queryRows);
            return untrained
                    .forward(input, queryRows, Pass.WITHOUT_GRADIENT)
                    .features()
                    .toFloatArray();
        }
    }

    /** Keys ever enqueued; the newest went to slot {@code (enqueued - 1) % K}. */
    public long enqueued() {
        return queue.enqueued();
    }

    /** Slots {@code from} to {@code from + count} of the queue: (count, D), row-major. */
    public float[] queueRows(int from, int count) {
        return queue.read(from, count);
    }

    /** Overwrites slots of the queue from {@code from} on with (count, D), row-major. */
    public void restoreQueueRows(int from, float[] rows) {
        queue.write(from, rows);
    }

    /** A copy of everything that later steps depend on, except the queue's rows. */
    public List<NamedArray> state() {
        torch.enter();
        return TrainingState.save(arrays(), steps, queue.enqueued(), tally.steps());
    }

    /** Takes over what {@link #state()} of a learner with the same settings returned. */
    public void restore(List<NamedArray> state) {
        torch.enter();
        long[] counters = TrainingState.restore(state, arrays(), 3);
        steps = counters[0];
        queue.setEnqueued(counters[1]);
        tally.setSteps(Math.toIntExact(counters[2]));
    }

    private Map<String, NDArray> arrays() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("query.parameters", queryEncoder.parameters());
        arrays.put("query.buffers", queryEncoder.buffers());
        arrays.put("key.parameters", keyEncoder.parameters());
        arrays.put("key.buffers", keyEncoder.buffers());
        arrays.put("optimizer.momentum", optimizer.momentum());
        arrays.put("statistics", tally.sums());
        return arrays;
    }

    /** The query encoder without its head, named and ordered as torchvision's state_dict. */
    public List<NamedTensor> backbone() {
        return Backbone.of(queryEncoder, steps);
    }

    @Override
    public void close() {
        if (untrained != null) {
            untrained.close();
        }
        tally.close();
        optimizer.close();
        queue.close();
        keyEncoder.close();
        queryEncoder.close();
        preprocessing.close();
        manager.close();
    }
}
