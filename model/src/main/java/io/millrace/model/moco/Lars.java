package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import java.util.List;

/**
 * Layer-wise adaptive rates, You et al. 2017, arXiv:1708.03888, as MoCo v3 has them
 * (facebookresearch/moco-v3, moco/optimizer.py): weight decay and adaptation for tensors of two and
 * more dimensions only, none for biases and batch norm.
 */
final class Lars {

    /** eta of the paper, the trust in a layer's own rate. */
    private static final float TRUST = 0.001f;

    private final List<Entry> layers;
    private final double weightDecay;

    Lars(Layout layout, double weightDecay) {
        layers = layout.parameters().stream().filter(entry -> entry.shape().size() > 1).toList();
        this.weightDecay = weightDecay;
    }

    /**
     * Adds the decay and brings each layer's gradient to its weights' length, times the trust.
     *
     * @param gradient (P), changed in place
     * @param parameters (P)
     */
    void adapt(NDArray gradient, NDArray parameters) {
        try (NDManager step = gradient.getManager().newSubManager()) {
            for (Entry layer : layers) {
                NDIndex range = new NDIndex(layer.offset() + ":" + (layer.offset() + layer.size()));
                NDArray g = gradient.get(range);
                g.attach(step);
                NDArray p = parameters.get(range);
                p.attach(step);
                g.addi(p.mul(weightDecay));
                g.muli(ratio(p.norm(), g.norm()));
            }
        }
    }

    /** trust |p| / |g|, or 1 where one of them is 0; scalars. */
    private static NDArray ratio(NDArray p, NDArray g) {
        NDArray one = g.onesLike();
        NDArray both = p.gt(0).logicalAnd(g.gt(0));
        return NDArrays.where(both, p.mul(TRUST).div(g), one);
    }
}
