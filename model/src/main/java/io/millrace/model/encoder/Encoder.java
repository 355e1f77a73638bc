package io.millrace.model.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.Floats;
import io.millrace.model.torch.OneDnn;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.Torch;

/**
 * A residual network and its projection head, all parameters in one flat array and all batch-norm
 * buffers in another. The arrays change in place and keep their identity.
 */
public final class Encoder implements AutoCloseable {

    /**
     * What a forward pass gives; all of it belongs to the input's manager.
     *
     * @param features pooled backbone features in the batch's order: (N, C), fp32
     * @param projection the head's output, or its predictor's, in the batch's order: (N, D), fp32,
     *     not normalised
     * @param parameters the flat array whose gradient backward fills: (P)
     */
    public record Output(NDArray features, NDArray projection, NDArray parameters) {

        private static final double SHORTEST = 1e-12;

        /** The projections with rows of length 1: (N, D). */
        public NDArray normalized() {
            return projection.normalize(2, 1, SHORTEST);
        }
    }

    /** What a pass is for. */
    public enum Pass {
        /** Statistics of the batch; running statistics move; backward can follow. */
        WITH_GRADIENT,
        /** Statistics of the batch; running statistics move. */
        WITHOUT_GRADIENT,
        /** Running statistics, which stay as they are. */
        EVALUATION
    }

    private final Torch torch;
    private final Architecture architecture;
    private final Head head;
    private final Precision precision;
    private final Layout layout;
    private final NDManager manager;
    private final NDArray parameters; // (P)
    private final NDArray buffers; // (B)

    private Encoder(Torch torch, Architecture architecture, Head head, Precision precision) {
        this.torch = torch;
        this.architecture = architecture;
        this.head = head;
        this.precision = torch.resolve(precision);
        layout = Layout.of(architecture, head);
        manager = torch.newManager();
        parameters = manager.zeros(new Shape(Layout.size(layout.parameters())));
        buffers = manager.zeros(new Shape(Layout.size(layout.buffers())));
    }

    /** An encoder with random weights, a pure function of the seed. */
    public static Encoder create(
            Torch torch, Architecture architecture, Head head, Precision precision, long seed) {
        Encoder encoder = new Encoder(torch, architecture, head, precision);
        Floats.write(encoder.parameters, Initialization.parameters(encoder.layout, seed));
        Floats.write(encoder.buffers, Initialization.buffers(encoder.layout));
        return encoder;
    }

    /** A key encoder with the same values; it has no predictor. */
    public Encoder keyEncoder() {
        Encoder copy = new Encoder(torch, architecture, head.withoutPredictor(), precision);
        try (NDArray shared = first(parameters, copy.parameters.size());
                NDArray statistics = first(buffers, copy.buffers.size())) {
            copy.parameters.addi(shared);
            copy.buffers.addi(statistics);
        }
        return copy;
    }

    /**
     * Moves the parameters towards another encoder's, its predictor's left out: theta = m theta +
     * (1 - m) other (arXiv:1911.05722, equation 2). Buffers stay.
     */
    public void follow(Encoder other, double m) {
        try (NDArray shared = first(other.parameters, parameters.size());
                NDArray share = shared.mul(1 - m)) {
            parameters.muli(m).addi(share);
        }
    }

    /** A view of a flat array's first elements; a predictor's are the last. */
    private static NDArray first(NDArray flat, long size) {
        return flat.get(new NDIndex("0:" + size));
    }

    /**
     * Computes features and projections.
     *
     * @param input in the order's order: (N, 3, H, W), fp32, normalised
     * @param order how the input's rows relate to the batch's; its splits are batch norm's
     */
    public Output forward(NDArray input, RowOrder order, Pass pass) {
        OneDnn.suit(architecture.width());
        NDManager step = input.getManager();
        NDArray leaf = parameters.stopGradient(); // shares storage
        leaf.attach(step);
        leaf.setRequiresGradient(pass == Pass.WITH_GRADIENT);
        Weights weights = new Weights(layout, leaf, precision, torch.operations());
        Statistics statistics =
                pass == Pass.EVALUATION
                        ? Statistics.evaluation(step, buffers, layout)
                        : Statistics.training(step, buffers, layout, order.splits());

        ResNet<NDArray> network = new ResNet<>(architecture, new ForwardPass(weights, statistics));
        NDArray pooled = toFp32(network.features(toComputed(input))); // (N, C)
        // In the encoder's order still: a head's batch norm has the same splits.
        NDArray projected = toFp32(network.projection(toComputed(pooled), head)); // (N, D)
        NDArray features = order.undo(pooled);
        NDArray projection = order.undo(projected);
        if (pass != Pass.EVALUATION) {
            statistics.commit();
        }
        return new Output(features, projection, leaf);
    }

    private NDArray toComputed(NDArray x) {
        return precision == Precision.BF16 ? torch.operations().toBf16(x) : x;
    }

    private NDArray toFp32(NDArray x) {
        return precision == Precision.BF16 ? torch.operations().toFp32(x) : x;
    }

    /** All parameters, as the layout places them: (P), fp32; change them in place only. */
    public NDArray parameters() {
        return parameters;
    }

    /** All batch-norm buffers, as the layout places them: (B), fp32; change them in place only. */
    public NDArray buffers() {
        return buffers;
    }

    public Layout layout() {
        return layout;
    }

    /** The type that convolutions and linear layers compute in, never AUTO. */
    public Precision precision() {
        return precision;
    }

    @Override
    public void close() {
        manager.close();
    }
}
