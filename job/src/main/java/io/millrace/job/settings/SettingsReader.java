package io.millrace.job.settings;

import io.millrace.connectors.replay.Bounds;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.settings.EncoderOptions.Backbone;
import io.millrace.model.augment.Recipe;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Block;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.evaluation.KnnSettings;
import io.millrace.model.evaluation.ProbeSettings;
import io.millrace.model.image.ImageLimits;
import io.millrace.model.moco.BatchNormSplits;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.EncoderSettings;
import io.millrace.model.moco.Sgd;
import java.util.List;
import org.apache.flink.configuration.ReadableConfig;
import org.jspecify.annotations.Nullable;

/** From checked options to the model's records. */
final class SettingsReader {

    private static final List<Integer> RESNET18 = List.of(2, 2, 2, 2);

    /** Of ResNet-34 and ResNet-50 alike. */
    private static final List<Integer> RESNET34 = List.of(3, 4, 6, 3);

    private SettingsReader() {}

    static Learning learning(ReadableConfig config) {
        return new Learning(
                new EncoderSettings(
                        architecture(config),
                        new Head(
                                config.get(EncoderOptions.HEAD_KIND),
                                config.get(EncoderOptions.HEAD_DIMENSION),
                                config.get(EncoderOptions.HEAD_HIDDEN),
                                predictor(config)),
                        normalization(config),
                        config.get(EncoderOptions.PRECISION)),
                config.get(TrainingOptions.BATCH_SIZE),
                contrast(config),
                new BatchNormSplits(
                        config.get(TrainingOptions.SPLITS),
                        config.get(TrainingOptions.SHUFFLE_KEYS)),
                new Sgd(
                        config.get(TrainingOptions.LEARNING_RATE),
                        config.get(TrainingOptions.MOMENTUM),
                        config.get(TrainingOptions.WEIGHT_DECAY),
                        config.get(TrainingOptions.ADAPTATION)),
                new SchedulePlan(
                        config.get(ScheduleOptions.KIND),
                        config.get(ScheduleOptions.STEPS),
                        config.get(ScheduleOptions.WARMUP_STEPS),
                        config.get(ScheduleOptions.MILESTONES),
                        config.get(ScheduleOptions.DECAY),
                        config.get(ScheduleOptions.DECAY_IMAGES),
                        live(config)),
                config.get(TrainingOptions.SEED),
                null);
    }

    private static SchedulePlan.@Nullable Live live(ReadableConfig config) {
        if (config.get(StreamOptions.START) != StreamOptions.Start.HISTORY_THEN_LIVE) {
            return null;
        }
        boolean falls =
                config.get(ScheduleOptions.LIVE_KIND) == ScheduleOptions.LiveKind.EXPONENTIAL;
        return new SchedulePlan.Live(
                config.get(ScheduleOptions.LIVE_RATE),
                config.get(ScheduleOptions.LIVE_WARMUP_STEPS),
                falls ? config.get(ScheduleOptions.LIVE_DECAY) : 1,
                config.get(ScheduleOptions.LIVE_DECAY_IMAGES));
    }

    /** A preset's predictor goes when another mechanism is asked for. */
    private static int predictor(ReadableConfig config) {
        return IdleRule.isIdle(config, EncoderOptions.HEAD_PREDICTOR)
                ? 0
                : config.get(EncoderOptions.HEAD_PREDICTOR);
    }

    private static Contrast contrast(ReadableConfig config) {
        return new Contrast(
                config.get(ContrastOptions.MECHANISM),
                config.get(ContrastOptions.QUEUE_CAPACITY),
                config.get(ContrastOptions.TEMPERATURE),
                config.get(ContrastOptions.MOMENTUM),
                config.get(ContrastOptions.MOMENTUM_COURSE),
                config.get(ContrastOptions.SYMMETRIC),
                new Contrast.Bank(
                        config.get(ContrastOptions.BANK_CAPACITY),
                        config.get(ContrastOptions.BANK_MOMENTUM)));
    }

    private static Architecture architecture(ReadableConfig config) {
        Architecture.Stem stem = config.get(EncoderOptions.STEM);
        Backbone backbone = config.get(EncoderOptions.ARCHITECTURE);
        return switch (backbone) {
            case RESNET18 -> new Architecture(Block.BASIC, stem, 64, RESNET18);
            case RESNET34 -> new Architecture(Block.BASIC, stem, 64, RESNET34);
            case RESNET50 -> new Architecture(Block.BOTTLENECK, stem, 64, RESNET34);
            case CUSTOM ->
                    new Architecture(
                            config.get(EncoderOptions.BLOCK),
                            stem,
                            config.get(EncoderOptions.WIDTH),
                            config.get(EncoderOptions.BLOCKS));
        };
    }

    private static Normalization normalization(ReadableConfig config) {
        return switch (config.get(ViewOptions.NORMALIZATION)) {
            case IMAGENET -> Normalization.IMAGENET;
            case CIFAR10 -> Normalization.CIFAR10;
            case EXPLICIT ->
                    new Normalization(config.get(ViewOptions.MEAN), config.get(ViewOptions.STD));
        };
    }

    static Recipe views(ReadableConfig config) {
        return new Recipe(
                config.get(ViewOptions.SIDE),
                new Recipe.Crop(
                        config.get(ViewOptions.CROP_SCALE_MIN),
                        config.get(ViewOptions.CROP_SCALE_MAX)),
                new Recipe.Jitter(
                        config.get(ViewOptions.JITTER_PROBABILITY),
                        config.get(ViewOptions.JITTER_BRIGHTNESS),
                        config.get(ViewOptions.JITTER_CONTRAST),
                        config.get(ViewOptions.JITTER_SATURATION),
                        config.get(ViewOptions.JITTER_HUE)),
                config.get(ViewOptions.GRAYSCALE),
                new Recipe.Blur(
                        perView(config.get(ViewOptions.BLUR_PROBABILITY)),
                        config.get(ViewOptions.BLUR_SIGMA_MIN),
                        config.get(ViewOptions.BLUR_SIGMA_MAX)),
                perView(config.get(ViewOptions.SOLARIZE)),
                config.get(ViewOptions.FLIP),
                config.get(ViewOptions.ORDER));
    }

    /** One number for both views, or one for each. */
    private static Recipe.PerView perView(List<Double> probabilities) {
        return new Recipe.PerView(
                probabilities.get(0), probabilities.get(probabilities.size() - 1));
    }

    static ProbeSettings probe(ReadableConfig config) {
        return new ProbeSettings(
                config.get(RunOptions.PROBE_WINDOW),
                config.get(RunOptions.PROBE_LEARNING_RATE),
                new KnnSettings(
                        config.get(RunOptions.PROBE_KNN_BANK),
                        config.get(RunOptions.PROBE_KNN_K),
                        config.get(RunOptions.PROBE_KNN_TEMPERATURE),
                        config.get(RunOptions.PROBE_KNN_PER_STEP)));
    }

    static Settings.Replay replay(ReadableConfig config) {
        return new Settings.Replay(
                new Bounds(
                        Bounds.Place.parse(config.get(ReplayOptions.FROM)),
                        Bounds.Place.parse(config.get(ReplayOptions.TO))),
                config.get(ReplayOptions.EPOCHS),
                shuffle(config),
                config.get(ReplayOptions.WINDOW_BYTES).getBytes(),
                config.get(ReplayOptions.EPOCH_END));
    }

    private static Shuffle shuffle(ReadableConfig config) {
        Shuffle.Kind kind = config.get(ReplayOptions.SHUFFLE);
        return kind == Shuffle.Kind.NONE
                ? Shuffle.none()
                : new Shuffle(
                        kind,
                        config.get(ReplayOptions.BLOCK),
                        config.get(ReplayOptions.WINDOW),
                        config.get(TrainingOptions.SEED));
    }

    static ImageLimits images(ReadableConfig config) {
        return new ImageLimits(
                Math.toIntExact(config.get(ViewOptions.IMAGE_MAX_BYTES).getBytes()),
                config.get(ViewOptions.IMAGE_MAX_SIDE),
                config.get(ViewOptions.IMAGE_MAX_PIXELS));
    }

    static Settings.Kafka kafka(ReadableConfig config) {
        return new Settings.Kafka(
                config.get(StreamOptions.BOOTSTRAP),
                config.get(StreamOptions.IMAGES),
                config.get(StreamOptions.METRICS),
                config.get(StreamOptions.SNAPSHOTS),
                config.get(StreamOptions.DEAD_LETTERS),
                config.get(StreamOptions.TRANSACTION_PREFIX),
                config.get(StreamOptions.TRANSACTION_TIMEOUT),
                config.get(StreamOptions.GROUP));
    }
}
