package io.millrace.model.encoder;

import io.millrace.model.encoder.Layout.Entry.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The tensors of an encoder in the order of torchvision's {@code state_dict}, and where each lies
 * in the two flat arrays that hold them: parameters, and batch-norm buffers.
 */
public final class Layout {

    /**
     * One tensor.
     *
     * @param name torchvision's, for example {@code layer1.0.conv1.weight}
     * @param offset of its first element in the flat array of its kind
     */
    public record Entry(String name, Kind kind, List<Long> shape, long offset) {

        /** What a tensor is for. */
        public enum Kind {
            CONVOLUTION_WEIGHT,
            LINEAR_WEIGHT,
            LINEAR_BIAS,
            NORM_WEIGHT,
            NORM_BIAS,
            RUNNING_MEAN,
            RUNNING_VARIANCE,
            /** {@code num_batches_tracked}, a counter that lies in neither array. */
            BATCHES;

            /** Whether gradient descent changes it. */
            public boolean isParameter() {
                return !isBuffer() && this != BATCHES;
            }

            /** Whether it is a batch-norm statistic. */
            public boolean isBuffer() {
                return this == RUNNING_MEAN || this == RUNNING_VARIANCE;
            }
        }

        public Entry {
            shape = List.copyOf(shape);
        }

        /** Number of elements. */
        public long size() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }

        /** Inputs of one output: the product of all dimensions but the first. */
        public long fanIn() {
            return size() / shape.get(0);
        }

        /** Whether it belongs to the projection head, or the predictor after it. */
        public boolean isHead() {
            return name.startsWith("fc.") || isPredictor();
        }

        /** Whether it belongs to the predictor, which only queries go through. */
        public boolean isPredictor() {
            return name.startsWith("predictor.");
        }
    }

    private final List<Entry> entries;

    private Layout(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    public static Layout of(Architecture architecture, Head head) {
        Collector collector = new Collector();
        ResNet<Integer> network = new ResNet<>(architecture, collector);
        int features = network.features(3);
        network.projection(features, head);
        return new Layout(collector.entries);
    }

    /** All tensors, in torchvision's order. */
    public List<Entry> entries() {
        return entries;
    }

    /** The tensors in the flat array of parameters, in order and without gaps. */
    public List<Entry> parameters() {
        return entries.stream().filter(e -> e.kind().isParameter()).toList();
    }

    /** The tensors in the flat array of batch-norm buffers, in order and without gaps. */
    public List<Entry> buffers() {
        return entries.stream().filter(e -> e.kind().isBuffer()).toList();
    }

    /** Elements of the flat array that holds these entries. */
    public static long size(List<Entry> flat) {
        Entry last = flat.get(flat.size() - 1);
        return last.offset() + last.size();
    }

    /** Walks the network with channel counts as values. */
    private static final class Collector implements Layers<Integer> {

        private final List<Entry> entries = new ArrayList<>();
        private long parameters;
        private long buffers;

        private void enter(String name, Kind kind, long... shape) {
            List<Long> dimensions = new ArrayList<>();
            for (long d : shape) {
                dimensions.add(d);
            }
            long offset = kind.isParameter() ? parameters : kind.isBuffer() ? buffers : 0;
            Entry entry = new Entry(name, kind, dimensions, offset);
            entries.add(entry);
            parameters += kind.isParameter() ? entry.size() : 0;
            buffers += kind.isBuffer() ? entry.size() : 0;
        }

        @Override
        public Integer convolve(String name, Integer x, Convolution shape) {
            int kernel = shape.kernel();
            enter(
                    name + ".weight",
                    Kind.CONVOLUTION_WEIGHT,
                    shape.out(),
                    shape.in(),
                    kernel,
                    kernel);
            return shape.out();
        }

        @Override
        public Integer normalize(String name, Integer x, int channels, Affine affine) {
            if (affine != Affine.NONE) {
                enter(name + ".weight", Kind.NORM_WEIGHT, channels);
            }
            if (affine == Affine.FULL) {
                enter(name + ".bias", Kind.NORM_BIAS, channels);
            }
            enter(name + ".running_mean", Kind.RUNNING_MEAN, channels);
            enter(name + ".running_var", Kind.RUNNING_VARIANCE, channels);
            enter(name + ".num_batches_tracked", Kind.BATCHES);
            return x;
        }

        @Override
        public Integer linear(String name, Integer x, int in, int out) {
            enter(name + ".weight", Kind.LINEAR_WEIGHT, out, in);
            enter(name + ".bias", Kind.LINEAR_BIAS, out);
            return out;
        }

        @Override
        public Integer linearWithoutBias(String name, Integer x, int in, int out) {
            enter(name + ".weight", Kind.LINEAR_WEIGHT, out, in);
            return out;
        }

        @Override
        public Integer relu(Integer x) {
            return x;
        }

        @Override
        public Integer add(Integer x, Integer shortcut) {
            return x;
        }

        @Override
        public Integer maxPool(Integer x) {
            return x;
        }

        @Override
        public Integer globalAveragePool(Integer x) {
            return x;
        }

        @Override
        public Integer block(Integer x, UnaryOperator<Integer> layers) {
            return layers.apply(x);
        }
    }
}
