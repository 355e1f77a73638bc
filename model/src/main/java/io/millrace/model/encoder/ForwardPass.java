package io.millrace.model.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One forward pass. Every result belongs to its input's manager; what later layers do not read is
 * closed at once, since autograd keeps by itself what backward needs.
 */
final class ForwardPass implements Layers<NDArray> {

    private static final float EPSILON = 1e-5f;

    /** Share of the old running statistics; PyTorch's momentum 0.1 is the share of the new. */
    private static final float KEPT = 0.9f;

    /** DJL's sign for the axis that PyTorch expects, 1, without swapping axes first. */
    private static final int CHANNELS = -1;

    /**
     * Floats of a 512-bit register. oneDNN 3.5.3 (PyTorch 2.5.1) writes beyond its memory in the
     * weights' gradient of a strided 1x1 convolution whose input channels are no multiple of it, so
     * those strides are taken by slicing.
     */
    private static final int VECTOR = 16;

    private final Weights weights;
    private final Statistics statistics;
    private final List<NDArray> made = new ArrayList<>();

    ForwardPass(Weights weights, Statistics statistics) {
        this.weights = weights;
        this.statistics = statistics;
    }

    private NDArray made(NDArray x) {
        made.add(x);
        return x;
    }

    @Override
    public NDArray convolve(String name, NDArray x, Convolution c) {
        NDArray weight = weights.next(new Shape(c.out(), c.in(), c.kernel(), c.kernel()));
        Shape padding = new Shape(c.padding(), c.padding());
        int stride = c.stride();
        if (c.kernel() == 1 && stride > 1 && c.in() % VECTOR != 0) {
            NDArray kept = made(x.get(":, :, ::" + stride + ", ::" + stride));
            return made(Conv2d.conv2d(kept, weight, null, new Shape(1, 1), padding).head());
        }
        return made(Conv2d.conv2d(x, weight, null, new Shape(stride, stride), padding).head());
    }

    @Override
    public NDArray normalize(String name, NDArray x, int channels, Affine affine) {
        NDManager pass = x.getManager();
        Shape shape = new Shape(channels);
        NDArray gamma = affine == Affine.NONE ? pass.ones(shape) : weights.nextFp32();
        NDArray beta = affine == Affine.FULL ? weights.nextFp32() : pass.zeros(shape);
        int splits = statistics.splits();
        NDList parts = splits == 1 ? new NDList(x) : x.split(splits, 0);
        NDList normalized = new NDList();
        for (int split = 0; split < splits; split++) {
            NDArray part = parts.get(split);
            NDArray mean = statistics.mean(split);
            NDArray variance = statistics.variance(split);
            normalized.addAll(
                    BatchNorm.batchNorm(
                            part,
                            mean,
                            variance,
                            gamma,
                            beta,
                            CHANNELS,
                            KEPT,
                            EPSILON,
                            statistics.training()));
        }
        statistics.advance();
        NDArray y = splits == 1 ? normalized.head() : NDArrays.concat(normalized, 0);
        if (splits > 1) {
            normalized.close();
            parts.close();
        }
        x.close();
        return made(y);
    }

    @Override
    public NDArray relu(NDArray x) {
        NDArray y = made(Activation.relu(x));
        x.close();
        return y;
    }

    @Override
    public NDArray add(NDArray x, NDArray shortcut) {
        // In place: batch norm's backward does not read batch norm's result.
        return x.addi(shortcut);
    }

    @Override
    public NDArray maxPool(NDArray x) {
        return made(Pool.maxPool2d(x, new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false));
    }

    @Override
    public NDArray globalAveragePool(NDArray x) {
        return Pool.globalAvgPool2d(x);
    }

    @Override
    public NDArray linear(String name, NDArray x, int in, int out) {
        NDArray weight = weights.next(new Shape(out, in));
        NDArray bias = weights.next(new Shape(out));
        return Linear.linear(x, weight, bias).head();
    }

    @Override
    public NDArray linearWithoutBias(String name, NDArray x, int in, int out) {
        return Linear.linear(x, weights.next(new Shape(out, in))).head();
    }

    @Override
    public NDArray block(NDArray x, UnaryOperator<NDArray> layers) {
        NDArray y = layers.apply(x);
        for (NDArray array : made) {
            if (array != y) {
                array.close();
            }
        }
        made.clear();
        made.add(y);
        return y;
    }
}
