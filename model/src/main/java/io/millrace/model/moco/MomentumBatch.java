package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Output;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.torch.Torch;
import java.util.Map;

/**
 * MoCo v3, Chen, Xie and He 2021, arXiv:2104.02057, algorithm 1, in the step order of the reference
 * code (facebookresearch/moco-v3, moco/builder.py): a momentum encoder without a queue; the
 * negative keys of a query are the other keys of its batch; each view is the query once; queries go
 * through a predictor. The loss is scaled by 2 T, as there.
 */
final class MomentumBatch implements PretextTask {

    private final MocoSettings settings;
    private final Torch torch;
    private final Rows rows;
    private final Encoder queryEncoder;
    private final Encoder keyEncoder;

    MomentumBatch(MocoSettings settings, Torch torch, Rows rows, Encoder queryEncoder) {
        this.settings = settings;
        this.torch = torch;
        this.rows = rows;
        this.queryEncoder = queryEncoder;
        keyEncoder = queryEncoder.keyEncoder();
    }

    @Override
    public Contrasted contrast(Batch batch) {
        keyEncoder.follow(queryEncoder, settings.keyMomentum(batch.number()));
        NDArray k1 = keys(batch, batch.x1(), 0);
        NDArray k2 = keys(batch, batch.x2(), 1);
        return contrast(batch.x1(), k2).plus(contrast(batch.x2(), k1));
    }

    private NDArray keys(Batch batch, Views views, int pass) {
        RowOrder order = rows.ofKeys(batch.step(), 2 * batch.number() + pass);
        return keyEncoder
                .forward(views.in(order), order, Pass.WITHOUT_GRADIENT)
                .normalized(); // (N, D)
    }

    private Contrasted contrast(Views queries, NDArray k) {
        double temperature = settings.contrast().temperature();
        NDArray input = queries.in(rows.ofQueries());
        try (GradientCollector collector = torch.record()) {
            Output query = queryEncoder.forward(input, rows.ofQueries(), Pass.WITH_GRADIENT);
            NDArray logits = InBatch.logits(query.normalized(), k, temperature); // (N, N)
            NDArray scale = logits.getManager().create((float) (2 * temperature));
            NDArray loss = InBatch.loss(logits).mul(scale);
            return Contrasted.backward(
                    collector, loss, InBatch.matching(logits, temperature), query);
        }
    }

    @Override
    public int queriesPerPair() {
        return 2;
    }

    @Override
    public int passes() {
        return 2;
    }

    @Override
    public Map<String, NDArray> arrays() {
        return Map.of(
                "key.parameters", keyEncoder.parameters(), "key.buffers", keyEncoder.buffers());
    }

    @Override
    public void close() {
        keyEncoder.close();
    }
}
