package io.millrace.model.evaluation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.SplitMix;
import io.millrace.model.torch.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Linear classification as MoCo measures it (arXiv:1911.05722, section 4.1; main_lincls.py of the
 * reference code): one linear layer on raw pooled features, by SGD on the mean cross-entropy.
 * Weights start from N(0, 0.01^2), the bias from 0.
 */
public final class MocoLinear implements AutoCloseable {

    private static final double INITIAL_DEVIATION = 0.01;
    private static final long WEIGHTS = 0;
    private static final long ORDER = 1;

    /**
     * How the layer is trained.
     *
     * @param learningRate of the first epochs
     * @param momentum of SGD
     * @param milestones epochs, counted from 0, from which on the rate is a tenth
     * @param seed of the first weights and of the order of the images
     */
    public record Schedule(
            double learningRate,
            double momentum,
            int batchSize,
            int epochs,
            List<Integer> milestones,
            long seed) {

        public Schedule {
            milestones = List.copyOf(milestones);
            if (batchSize < 1 || epochs < 1) {
                throw new IllegalArgumentException(
                        "expected one image and one epoch or more, got %d and %d"
                                .formatted(batchSize, epochs));
            }
        }

        /** 30, 0.9, 256 images, 100 epochs, a tenth of the rate after 60 and again after 80. */
        public static Schedule moco(long seed) {
            return new Schedule(30, 0.9, 256, 100, List.of(60, 80), seed);
        }

        /** The rate of an epoch, counted from 0. */
        public double rate(int epoch) {
            long passed = milestones.stream().filter(milestone -> epoch >= milestone).count();
            return learningRate * Math.pow(0.1, (double) passed);
        }

        /** The order of the images in an epoch, another in each. */
        public int[] order(int epoch, int images) {
            return SplitMix.of(seed, ORDER, epoch).permutation(images);
        }
    }

    private final Schedule schedule;
    private final int classes;
    private final int width;
    private final NDManager manager;
    private final NDArray weights; // (K, C)
    private final NDArray bias; // (K)
    private final NDArray weightVelocity;
    private final NDArray biasVelocity;

    /**
     * The layer before its first step.
     *
     * @param width features, C
     * @param classes K
     */
    public MocoLinear(Torch torch, int width, int classes, Schedule schedule) {
        this.schedule = schedule;
        this.width = width;
        this.classes = classes;
        manager = torch.newManager();
        SplitMix random = SplitMix.of(schedule.seed(), WEIGHTS);
        float[] first = new float[classes * width];
        for (int i = 0; i < first.length; i++) {
            first[i] = (float) (INITIAL_DEVIATION * random.gaussian(i));
        }
        weights = manager.create(first, new Shape(classes, width));
        bias = manager.zeros(new Shape(classes));
        weightVelocity = manager.zeros(weights.getShape());
        biasVelocity = manager.zeros(bias.getShape());
    }

    /**
     * Trains on features that stay the same from epoch to epoch.
     *
     * @param epochDone told after each epoch how many are done
     */
    public static LinearClassifier fit(
            Torch torch,
            LabelledFeatures train,
            int classes,
            Schedule schedule,
            IntConsumer epochDone) {
        torch.enter();
        try (var layer = new MocoLinear(torch, train.width(), classes, schedule);
                NDManager data = torch.newManager()) {
            NDArray all = data.create(train.values(), new Shape(train.rows(), train.width()));
            for (int epoch = 0; epoch < schedule.epochs(); epoch++) {
                int[] order = schedule.order(epoch, train.rows());
                for (int from = 0; from < order.length; from += schedule.batchSize()) {
                    int to = Math.min(from + schedule.batchSize(), order.length);
                    int[] rows = Arrays.copyOfRange(order, from, to);
                    try (NDManager step = data.newSubManager()) {
                        NDArray x = all.get(step.create(longs(rows)));
                        x.attach(step);
                        layer.step(x, targets(train.targets(), rows), epoch);
                    }
                }
                epochDone.accept(epoch + 1);
            }
            return layer.classifier();
        }
    }

    /** The targets of some rows. */
    private static int[] targets(int[] all, int[] rows) {
        return IntStream.of(rows).map(row -> all[row]).toArray();
    }

    private static long[] longs(int[] values) {
        return IntStream.of(values).asLongStream().toArray();
    }

    /**
     * Takes one step of SGD on features that are new in every epoch.
     *
     * @param features (N, C), row-major
     * @param targets their classes: (N)
     * @param epoch counted from 0, which decides the rate
     */
    public void step(float[] features, int[] targets, int epoch) {
        try (NDManager step = manager.newSubManager()) {
            step(step.create(features, new Shape(targets.length, width)), targets, epoch);
        }
    }

    /**
     * Takes one step of SGD.
     *
     * @param x features of a batch: (N, C), fp32
     */
    private void step(NDArray x, int[] targets, int epoch) {
        NDManager step = x.getManager();
        NDArray transposed = weights.transpose();
        transposed.attach(step);
        NDArray logits = x.matMul(transposed).addi(bias); // (N, K)
        NDArray truth = step.create(targets).oneHot(classes, DataType.FLOAT32);
        NDArray error = logits.softmax(1).subi(truth).divi(targets.length);
        NDArray gradient = error.transpose().matMul(x); // (K, C)
        weightVelocity.muli(schedule.momentum()).addi(gradient);
        biasVelocity.muli(schedule.momentum()).addi(error.sum(new int[] {0}));
        double rate = schedule.rate(epoch);
        try (NDArray change = weightVelocity.mul(rate);
                NDArray biasChange = biasVelocity.mul(rate)) {
            weights.subi(change);
            bias.subi(biasChange);
        }
    }

    /** The layer as it is now. */
    public LinearClassifier classifier() {
        return new LinearClassifier(
                width, doubles(weights.toFloatArray()), doubles(bias.toFloatArray()));
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        Arrays.setAll(doubles, i -> values[i]);
        return doubles;
    }

    @Override
    public void close() {
        manager.close();
    }
}
