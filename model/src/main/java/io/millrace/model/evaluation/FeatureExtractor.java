package io.millrace.model.evaluation;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.encoder.Preprocessing;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.torch.Torch;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/**
 * A frozen encoder in evaluation mode: nothing that it computes changes a weight, a statistic or a
 * counter. For one thread.
 */
public final class FeatureExtractor implements AutoCloseable {

    /**
     * What the encoder makes of a batch.
     *
     * @param features pooled backbone features: (N, C), row-major
     * @param projection the head's output, not normalised: (N, D), row-major
     */
    public record Extracted(float[] features, float[] projection) {
        public Extracted {
            requireNonNull(features, "features");
            requireNonNull(projection, "projection");
        }
    }

    private final Torch torch;
    private final Encoder encoder;
    private final Preprocessing preprocessing;
    private final int side;

    /**
     * An extractor.
     *
     * @param encoder stays its owner's
     * @param side height and width of the views, pixels
     */
    public FeatureExtractor(Torch torch, Encoder encoder, Normalization normalization, int side) {
        this.torch = torch;
        this.encoder = encoder;
        this.side = side;
        preprocessing = new Preprocessing(torch, normalization, side);
    }

    /**
     * Computes features and projections.
     *
     * @param views direct; (N, side, side, 3), RGB, from position to limit
     */
    public Extracted extract(ByteBuffer views) {
        torch.enter();
        try (NDManager step = torch.newManager()) {
            Encoder.Output output = output(step, views);
            return new Extracted(
                    output.features().toFloatArray(), output.projection().toFloatArray());
        }
    }

    private Encoder.Output output(NDManager step, ByteBuffer views) {
        int rows = views.remaining() / (3 * side * side);
        var order = new RowOrder(step, IntStream.range(0, rows).toArray(), 1);
        NDArray input = preprocessing.input(step, views, order);
        return encoder.forward(input, order, Encoder.Pass.EVALUATION);
    }

    @Override
    public void close() {
        preprocessing.close();
    }
}
