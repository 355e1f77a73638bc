package io.millrace.job.probe;

import static java.util.Objects.requireNonNull;

import io.millrace.model.augment.Augmenter;
import io.millrace.model.augment.Recipe;
import io.millrace.model.evaluation.FeatureExtractor;
import io.millrace.model.evaluation.LinearClassifier;
import io.millrace.model.evaluation.MocoLinear;
import io.millrace.model.stream.Position;
import io.millrace.model.torch.Torch;
import java.nio.ByteBuffer;

/**
 * MoCo's linear protocol with its augmentation: a random resized crop (0.08 to 1 of the area) and
 * flip of every image in every epoch, each through the frozen encoder.
 */
final class CropTraining {

    private final Torch torch;
    private final FeatureExtractor extractor;
    private final ImageSpool spool;
    private final int[] targets;
    private final int side;
    private final ByteBuffer pixels;

    /**
     * @param targets the class of each image of the spool
     */
    CropTraining(
            Torch torch, FeatureExtractor extractor, ImageSpool spool, int[] targets, int side) {
        this.torch = torch;
        this.extractor = extractor;
        this.spool = spool;
        this.targets = targets;
        this.side = side;
        pixels = ByteBuffer.allocateDirect(FeaturePass.batchSize(side) * side * side * 3);
    }

    LinearClassifier fit(
            int width,
            int classes,
            MocoLinear.Schedule schedule,
            int threads,
            ProbeProgress progress)
            throws InterruptedException {
        torch.enter();
        try (var layer = new MocoLinear(torch, width, classes, schedule);
                var views = new Views(threads)) {
            for (int epoch = 0; epoch < schedule.epochs(); epoch++) {
                train(layer, views, schedule, epoch);
                progress.show("linear, MoCo's", epoch + 1, schedule.epochs());
            }
            return layer.classifier();
        }
    }

    private void train(MocoLinear layer, Views views, MocoLinear.Schedule schedule, int epoch)
            throws InterruptedException {
        int[] order = schedule.order(epoch, spool.count());
        var augmenters = ThreadLocal.withInitial(() -> new Augmenter(recipe(), schedule.seed()));
        int given = 0;
        for (int from = 0; from < order.length; from += schedule.batchSize()) {
            int to = Math.min(from + schedule.batchSize(), order.length);
            while (given < Math.min(to + schedule.batchSize(), order.length)) {
                int image = order[given++];
                var position = new Position("train", 0, image, epoch);
                views.give(
                        "",
                        () -> spool.read(image),
                        decoded -> augmenters.get().view(decoded, position, 0));
            }
            int[] classes = new int[to - from];
            for (int i = 0; i < classes.length; i++) {
                classes[i] = targets[order[from + i]];
            }
            layer.step(features(views, to - from), classes, epoch);
        }
    }

    /** Of the next views, as many at a time as memory bears: (count, C). */
    private float[] features(Views views, int count) throws InterruptedException {
        var features = new Matrix();
        pixels.clear();
        for (int taken = 1; taken <= count; taken++) {
            pixels.put(requireNonNull(views.take().rgb(), "decoded before"));
            if (!pixels.hasRemaining() || taken == count) {
                features.add(extractor.extract(pixels.flip()).features());
                pixels.clear();
            }
        }
        return features.values();
    }

    private Recipe recipe() {
        return new Recipe(
                side,
                new Recipe.Crop(0.08, 1),
                Recipe.Jitter.NONE,
                0,
                Recipe.Blur.NONE,
                Recipe.PerView.NEVER,
                0.5,
                Recipe.Order.JITTER_THEN_GRAYSCALE);
    }
}
