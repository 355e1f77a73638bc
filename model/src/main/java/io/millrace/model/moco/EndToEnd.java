package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.training.GradientCollector;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Output;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.torch.Torch;
import java.util.Map;

/**
 * The end-to-end mechanism in SimCLR's form, Chen et al. 2020, arXiv:2002.05709: both views go
 * through the encoder as one batch of 2N, the loss is NT-Xent, and gradients reach both.
 */
final class EndToEnd implements PretextTask {

    private final MocoSettings settings;
    private final Torch torch;
    private final Encoder encoder;
    private final KeyOrder keyOrder;
    private final RowOrder unchanged; // of N rows
    private final RowOrder rows; // of 2N rows

    /**
     * @param manager owns the orders that stay
     * @param keyOrder of the second views, so that with several splits an image's two views share
     *     no statistics
     */
    EndToEnd(
            MocoSettings settings,
            Torch torch,
            NDManager manager,
            KeyOrder keyOrder,
            Encoder encoder) {
        this.settings = settings;
        this.torch = torch;
        this.keyOrder = keyOrder;
        this.encoder = encoder;
        int n = settings.batchSize();
        int splits = settings.batchNorm().splits();
        unchanged = new RowOrder(manager, KeyOrder.unchanged().permutation(0, n), 1);
        rows = new RowOrder(manager, KeyOrder.unchanged().permutation(0, 2 * n), splits);
    }

    @Override
    public Contrasted contrast(Batch batch) {
        int n = settings.batchSize();
        double temperature = settings.contrast().temperature();
        int[] permutation = keyOrder.permutation(batch.number(), n);
        var second = new RowOrder(batch.step(), permutation, 1);
        NDArray views = batch.x1().in(unchanged).concat(batch.x2().in(second), 0); // (2N, ...)
        NDArray input = rows.splits() == 1 ? views : rows.apply(torch.operations(), views);
        try (GradientCollector collector = torch.record()) {
            Output output = encoder.forward(input, rows, Pass.WITH_GRADIENT);
            NDArray z = output.normalized(); // (2N, D)
            NDArray a = z.get(new NDIndex("0:" + n));
            NDArray b = second.undo(z.get(new NDIndex(n + ":" + 2 * n)));
            NDArray ofA = InBatch.ntXent(a, b, temperature); // (N, 2N)
            NDArray ofB = InBatch.ntXent(b, a, temperature);
            NDArray loss = InBatch.loss(ofA).add(InBatch.loss(ofB));
            NDArray matching =
                    InBatch.matching(ofA, temperature).add(InBatch.matching(ofB, temperature));
            Contrasted both = Contrasted.backward(collector, loss, matching, output);
            NDArray first = both.features().get(new NDIndex("0:" + n));
            return new Contrasted(both.gradient(), both.loss(), both.matching(), first);
        }
    }

    @Override
    public int queriesPerPair() {
        return 2;
    }

    @Override
    public int passes() {
        return 1;
    }

    @Override
    public Map<String, NDArray> arrays() {
        return Map.of();
    }

    @Override
    public void close() {
        // Its orders belong to the learner.
    }
}
