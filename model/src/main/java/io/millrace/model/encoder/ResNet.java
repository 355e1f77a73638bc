package io.millrace.model.encoder;

import io.millrace.model.encoder.Architecture.Block;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Layers.Convolution;

/**
 * The residual network of He et al. 2015, arXiv:1512.03385, with torchvision's structure and names
 * (torchvision/models/resnet.py); bottlenecks stride in the 3x3 convolution. Layers are called in
 * the order of torchvision's {@code state_dict}.
 *
 * @param <T> what flows between layers
 */
final class ResNet<T> {

    private final Architecture architecture;
    private final Layers<T> layers;

    ResNet(Architecture architecture, Layers<T> layers) {
        this.architecture = architecture;
        this.layers = layers;
    }

    /** (N, 3, H, W) to pooled features (N, C). */
    T features(T images) {
        T x = stem(images);
        int in = architecture.width();
        for (int stage = 0; stage < architecture.blocks().size(); stage++) {
            int width = architecture.width() << stage;
            for (int i = 0; i < architecture.blocks().get(stage); i++) {
                String name = "layer" + (stage + 1) + "." + i + ".";
                x = block(name, x, in, width, stage > 0 && i == 0 ? 2 : 1);
                in = width * architecture.block().expansion();
            }
        }
        return layers.globalAveragePool(x);
    }

    /** (N, C) to (N, D), not normalised; through the predictor if the head has one. */
    T projection(T features, Head head) {
        return new Projector<>(head, layers).project(features, architecture.features());
    }

    private T stem(T images) {
        int width = architecture.width();
        Stem stem = architecture.stem();
        Convolution shape = new Convolution(3, width, stem.kernel(), stem.stride(), stem.padding());
        T x = layers.convolve("conv1", images, shape);
        x = layers.relu(layers.normalize("bn1", x, width));
        return stem.isPooled() ? layers.maxPool(x) : x;
    }

    private T block(String name, T x, int in, int width, int stride) {
        int out = width * architecture.block().expansion();
        return layers.block(
                x,
                input -> {
                    T residual =
                            architecture.block() == Block.BASIC
                                    ? basic(name, input, in, width, stride)
                                    : bottleneck(name, input, in, width, stride);
                    T shortcut = input;
                    if (stride != 1 || in != out) {
                        Convolution projection = new Convolution(in, out, 1, stride, 0);
                        shortcut = layers.convolve(name + "downsample.0", input, projection);
                        shortcut = layers.normalize(name + "downsample.1", shortcut, out);
                    }
                    return layers.relu(layers.add(residual, shortcut));
                });
    }

    private T basic(String name, T input, int in, int width, int stride) {
        T x = layers.convolve(name + "conv1", input, new Convolution(in, width, 3, stride, 1));
        x = layers.relu(layers.normalize(name + "bn1", x, width));
        x = layers.convolve(name + "conv2", x, new Convolution(width, width, 3, 1, 1));
        return layers.normalize(name + "bn2", x, width);
    }

    private T bottleneck(String name, T input, int in, int width, int stride) {
        int out = width * Block.BOTTLENECK.expansion();
        T x = layers.convolve(name + "conv1", input, new Convolution(in, width, 1, 1, 0));
        x = layers.relu(layers.normalize(name + "bn1", x, width));
        x = layers.convolve(name + "conv2", x, new Convolution(width, width, 3, stride, 1));
        x = layers.relu(layers.normalize(name + "bn2", x, width));
        x = layers.convolve(name + "conv3", x, new Convolution(width, out, 1, 1, 0));
        return layers.normalize(name + "bn3", x, out);
    }
}
