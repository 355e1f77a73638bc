package io.millrace.operators;

import io.millrace.model.augment.Recipe;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.moco.BatchNormSplits;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.EncoderSettings;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.moco.Sgd;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.Position;
import io.millrace.model.stream.ViewPair;
import io.millrace.model.torch.Precision;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/** A learner small enough to train in a test, and records for it. */
final class Fixtures {

    static final int SIDE = 8;
    static final int BATCH = 8;

    /** Not a multiple of the batch, so that the queue wraps inside an entry. */
    static final int QUEUE = 20;

    static final Recipe RECIPE =
            new Recipe(
                    SIDE,
                    new Recipe.Crop(0.2, 1),
                    Recipe.Jitter.NONE,
                    0.2,
                    Recipe.Blur.NONE,
                    Recipe.PerView.NEVER,
                    0.5,
                    Recipe.Order.JITTER_THEN_GRAYSCALE);

    private Fixtures() {}

    static TrainSettings trainSettings(int reportEverySteps) {
        return trainSettings(reportEverySteps, QUEUE);
    }

    static TrainSettings trainSettings(int reportEverySteps, int queueCapacity) {
        return trainSettings(reportEverySteps, queueCapacity, BATCH, 0.05);
    }

    static TrainSettings trainSettings(
            int reportEverySteps, int queueCapacity, int batchSize, double learningRate) {
        var encoder =
                new EncoderSettings(
                        new Architecture(
                                Architecture.Block.BASIC,
                                Architecture.Stem.CIFAR,
                                4,
                                List.of(1, 1)),
                        new Head(Head.Kind.MLP, 6),
                        Normalization.CIFAR10,
                        Precision.FP32);
        var moco =
                new MocoSettings(
                        encoder,
                        SIDE,
                        batchSize,
                        new Contrast(queueCapacity, 0.2, 0.9),
                        new BatchNormSplits(2, true),
                        new Sgd(learningRate, 0.9, 1e-4),
                        Schedule.CONSTANT,
                        11);
        return new TrainSettings(
                moco, 1, TrainSettings.Probed.TRAINED_AND_UNTRAINED, reportEverySteps);
    }

    /** Waits for so many steps to say that they are done, as a task between two records would. */
    static void awaitSteps(AbstractStreamOperatorTestHarness<?> harness, int steps)
            throws Exception {
        for (int i = 0; i < steps; i++) {
            harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
        }
    }

    /** View pair number {@code sequence}: random pixels that follow from it. */
    static ViewPair pair(long sequence) {
        var random = new Random(sequence);
        byte[] views = new byte[2 * SIDE * SIDE * 3];
        random.nextBytes(views);
        return new ViewPair(
                position(sequence),
                sequence,
                Frame.DEFAULT_LEARNER,
                sequence % 3 == 0 ? null : "class-" + sequence % 2,
                views);
    }

    static ViewPair tombstone(long sequence) {
        return ViewPair.tombstone(frame(sequence, new byte[0]));
    }

    static Frame frame(long offset, byte[] bytes) {
        return new Frame(
                position(offset), offset, 1000 + offset, Frame.DEFAULT_LEARNER, "", null, bytes);
    }

    static Position position(long offset) {
        return new Position("images", 0, offset, 0);
    }

    /** A PNG of one colour with a bright corner. */
    static byte[] png(int width, int height, int seed) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        graphics.setColor(new Color(40 + seed % 100, 90, 200 - seed % 100));
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width / 3, height / 3);
        graphics.dispose();
        try (var out = new ByteArrayOutputStream()) {
            ImageIO.write(image, "png", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
