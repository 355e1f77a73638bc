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
 * The memory bank, Wu et al. 2018, arXiv:1805.01978, as arXiv:1911.05722 compares it: negatives are
 * sampled from representations of images at the time they were last seen; there is no momentum
 * encoder. The positive key is the encoder's own, without gradient, of the other view: a stored one
 * would be noise on a stream whose images come once.
 */
final class MemoryBank implements PretextTask {

    private final MocoSettings settings;
    private final Torch torch;
    private final Rows rows;
    private final Encoder encoder;
    private final Bank bank;

    MemoryBank(MocoSettings settings, Torch torch, Rows rows, Encoder encoder) {
        this.settings = settings;
        this.torch = torch;
        this.rows = rows;
        this.encoder = encoder;
        bank =
                new Bank(
                        torch,
                        settings.contrast().bank(),
                        settings.encoder().head().dimension(),
                        settings.seed());
    }

    @Override
    public Contrasted contrast(Batch batch) {
        if (batch.images().length != settings.batchSize()) {
            throw new IllegalArgumentException(
                    "a memory bank needs a number for each of the "
                            + settings.batchSize()
                            + " images of a batch, got "
                            + batch.images().length);
        }
        RowOrder keyRows = rows.ofKeys(batch.step(), batch.number());
        NDArray keyInput = batch.x2().in(keyRows);
        NDArray k = encoder.forward(keyInput, keyRows, Pass.WITHOUT_GRADIENT).normalized();
        Contrasted contrasted = contrast(batch, k);
        bank.update(batch.step(), batch.images(), k);
        return contrasted;
    }

    private Contrasted contrast(Batch batch, NDArray k) {
        Contrast contrast = settings.contrast();
        NDArray negatives = bank.sample(batch.step(), batch.number(), contrast.queueCapacity());
        NDArray input = batch.x1().in(rows.ofQueries());
        try (GradientCollector collector = torch.record()) {
            Output query = encoder.forward(input, rows.ofQueries(), Pass.WITH_GRADIENT);
            NDArray q = query.normalized(); // (N, D)
            NDArray logits = InfoNce.logits(q, k, negatives, contrast.temperature());
            NDArray loss = InfoNce.loss(logits);
            return Contrasted.backward(
                    collector, loss, InfoNce.matching(logits, contrast.temperature()), query);
        }
    }

    @Override
    public int queriesPerPair() {
        return 1;
    }

    @Override
    public int passes() {
        return 2;
    }

    @Override
    public Map<String, NDArray> arrays() {
        return Map.of("bank.rows", bank.rows());
    }

    @Override
    public void close() {
        bank.close();
    }
}
