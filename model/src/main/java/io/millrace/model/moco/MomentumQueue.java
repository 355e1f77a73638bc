package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Output;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.torch.SplitMix;
import io.millrace.model.torch.Torch;
import java.util.Map;

/**
 * Momentum Contrast, He et al. 2019, arXiv:1911.05722, in the step order of the reference code
 * (facebookresearch/moco, moco/builder.py and main_moco.py).
 *
 * <p>Letters: N rows in a batch, D projected features, K keys in the queue.
 */
final class MomentumQueue implements PretextTask {

    private final MocoSettings settings;
    private final Torch torch;
    private final Rows rows;
    private final Encoder queryEncoder;
    private final Encoder keyEncoder;
    private final Queue queue;

    MomentumQueue(MocoSettings settings, Torch torch, Rows rows, Encoder queryEncoder) {
        this.settings = settings;
        this.torch = torch;
        this.rows = rows;
        this.queryEncoder = queryEncoder;
        keyEncoder = queryEncoder.keyEncoder();
        queue =
                new Queue(
                        torch,
                        settings.contrast().queueCapacity(),
                        settings.encoder().head().dimension(),
                        SplitMix.of(settings.seed(), Streams.QUEUE));
    }

    /** A pass of queries, and the keys that it leaves for the queue: (N, D). */
    private record OnePass(Contrasted contrasted, NDArray k) {}

    @Override
    public Contrasted contrast(Batch batch) {
        keyEncoder.follow(queryEncoder, settings.keyMomentum(batch.number())); // equation 2
        // Both passes see the same queue: keys are enqueued after the last.
        OnePass first = contrast(batch, batch.x1(), batch.x2(), 0);
        if (!settings.contrast().symmetric()) {
            queue.enqueue(first.k());
            return first.contrasted();
        }
        OnePass second = contrast(batch, batch.x2(), batch.x1(), 1);
        queue.enqueue(second.k().concat(first.k(), 0)); // keys of x1, then of x2: (2N, D)
        return first.contrasted().plus(second.contrasted());
    }

    /** Equation 1: each query against its key and the queue. */
    private OnePass contrast(Batch batch, Views queries, Views keys, int pass) {
        double temperature = settings.contrast().temperature();
        RowOrder keyRows = rows.ofKeys(batch.step(), passes() * batch.number() + pass);
        NDArray keyInput = keys.in(keyRows);
        NDArray k = keyEncoder.forward(keyInput, keyRows, Pass.WITHOUT_GRADIENT).normalized();

        NDArray queryInput = queries.in(rows.ofQueries());
        try (GradientCollector collector = torch.record()) {
            Output query = queryEncoder.forward(queryInput, rows.ofQueries(), Pass.WITH_GRADIENT);
            NDArray q = query.normalized(); // (N, D)
            NDArray negatives = queue.negatives(batch.step()); // (D, K)
            NDArray logits = InfoNce.logits(q, k, negatives, temperature);
            NDArray loss = InfoNce.loss(logits);
            NDArray matching = InfoNce.matching(logits, temperature);
            return new OnePass(Contrasted.backward(collector, loss, matching, query), k);
        }
    }

    @Override
    public int queriesPerPair() {
        return passes();
    }

    @Override
    public int passes() {
        return settings.contrast().symmetric() ? 2 : 1;
    }

    Queue queue() {
        return queue;
    }

    @Override
    public Map<String, NDArray> arrays() {
        return Map.of(
                "key.parameters", keyEncoder.parameters(), "key.buffers", keyEncoder.buffers());
    }

    @Override
    public void close() {
        queue.close();
        keyEncoder.close();
    }
}
