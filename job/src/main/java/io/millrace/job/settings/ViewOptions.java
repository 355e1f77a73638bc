package io.millrace.job.settings;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.millrace.model.augment.Recipe;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

/** How views are drawn, and which images are let in. */
public final class ViewOptions {

    /** Means and deviations by the name of the data they were measured on. */
    public enum NormalizationName {
        IMAGENET,
        CIFAR10,
        /** As the options mean and std say. */
        EXPLICIT
    }

    public static final ConfigOption<Integer> SIDE = key("views.side").intType().defaultValue(224);
    public static final ConfigOption<Double> CROP_SCALE_MIN =
            key("views.crop-scale-min").doubleType().defaultValue(0.2);
    public static final ConfigOption<Double> CROP_SCALE_MAX =
            key("views.crop-scale-max").doubleType().defaultValue(1.0);
    public static final ConfigOption<Double> JITTER_PROBABILITY =
            key("views.jitter.probability").doubleType().defaultValue(0.8);
    public static final ConfigOption<Double> JITTER_BRIGHTNESS =
            key("views.jitter.brightness").doubleType().defaultValue(0.4);
    public static final ConfigOption<Double> JITTER_CONTRAST =
            key("views.jitter.contrast").doubleType().defaultValue(0.4);
    public static final ConfigOption<Double> JITTER_SATURATION =
            key("views.jitter.saturation").doubleType().defaultValue(0.4);
    public static final ConfigOption<Double> JITTER_HUE =
            key("views.jitter.hue").doubleType().defaultValue(0.1);
    public static final ConfigOption<Double> GRAYSCALE =
            key("views.grayscale").doubleType().defaultValue(0.2);
    public static final ConfigOption<List<Double>> BLUR_PROBABILITY =
            key("views.blur.probability").doubleType().asList().defaultValues(0.5);
    public static final ConfigOption<Double> BLUR_SIGMA_MIN =
            key("views.blur.sigma-min").doubleType().defaultValue(0.1);
    public static final ConfigOption<Double> BLUR_SIGMA_MAX =
            key("views.blur.sigma-max").doubleType().defaultValue(2.0);
    public static final ConfigOption<List<Double>> SOLARIZE =
            key("views.solarize").doubleType().asList().defaultValues(0.0);
    public static final ConfigOption<Double> FLIP =
            key("views.flip").doubleType().defaultValue(0.5);
    public static final ConfigOption<Recipe.Order> ORDER =
            key("views.order")
                    .enumType(Recipe.Order.class)
                    .defaultValue(Recipe.Order.JITTER_THEN_GRAYSCALE);
    public static final ConfigOption<NormalizationName> NORMALIZATION =
            key("views.normalization")
                    .enumType(NormalizationName.class)
                    .defaultValue(NormalizationName.IMAGENET);
    public static final ConfigOption<List<Double>> MEAN =
            key("views.mean").doubleType().asList().defaultValues(0.485, 0.456, 0.406);
    public static final ConfigOption<List<Double>> STD =
            key("views.std").doubleType().asList().defaultValues(0.229, 0.224, 0.225);
    public static final ConfigOption<MemorySize> IMAGE_MAX_BYTES =
            key("image.max-bytes").memoryType().defaultValue(MemorySize.ofMebiBytes(32));
    public static final ConfigOption<Integer> IMAGE_MAX_SIDE =
            key("image.max-side").intType().defaultValue(16_384);
    public static final ConfigOption<Long> IMAGE_MAX_PIXELS =
            key("image.max-pixels").longType().defaultValue(64_000_000L);
    public static final ConfigOption<List<String>> REFERENCE_ALLOW =
            key("image.reference.allow").stringType().asList().defaultValues();

    private static final Domain<Double> PROBABILITY = Domain.number(0, 1, 0.5);

    static final List<Setting<?>> ALL =
            List.of(
                    new Setting<>(
                            SIDE,
                            "Height and width of a view, pixels. Work per step grows with its"
                                    + " square. Agrees with `encoder.stem`.",
                            Domain.integer(1, 1024, 224)),
                    new Setting<>(
                            CROP_SCALE_MIN,
                            "Smallest share of the image's area that a crop takes. Lower makes the"
                                    + " task harder, until two views no longer show the same thing."
                                    + " At most `views.crop-scale-max`.",
                            Domain.above(0, 1, 0.2)),
                    new Setting<>(
                            CROP_SCALE_MAX,
                            "Largest share of the image's area that a crop takes.",
                            Domain.above(0, 1, 1)),
                    new Setting<>(
                            JITTER_PROBABILITY,
                            "How often a view's colours are jittered at all.",
                            PROBABILITY),
                    new Setting<>(
                            JITTER_BRIGHTNESS,
                            "Brightness factor's distance from 1. Raising any jitter makes features"
                                    + " care less about colour and costs no time.",
                            PROBABILITY),
                    new Setting<>(
                            JITTER_CONTRAST, "Contrast factor's distance from 1.", PROBABILITY),
                    new Setting<>(
                            JITTER_SATURATION, "Saturation factor's distance from 1.", PROBABILITY),
                    new Setting<>(
                            JITTER_HUE,
                            "Hue's shift, in turns. More than 0.1 loses classes told apart by"
                                    + " colour.",
                            Domain.number(0, 0.5, 0.1)),
                    new Setting<>(GRAYSCALE, "How often a view loses its colour.", PROBABILITY),
                    new Setting<>(
                            BLUR_PROBABILITY,
                            "How often a view is blurred; two numbers are the first view's and the"
                                    + " second's (MoCo v3: 1.0,0.1). Costs time per view; small"
                                    + " images do without.",
                            Domain.perView("0.5")),
                    new Setting<>(
                            BLUR_SIGMA_MIN,
                            "Smallest sigma of the blur, pixels; at most `views.blur.sigma-max`.",
                            Domain.number(0, 100, 0.1)),
                    new Setting<>(
                            BLUR_SIGMA_MAX,
                            "Largest sigma of the blur, pixels; belongs to a side of 224.",
                            Domain.number(0, 100, 2)),
                    new Setting<>(
                            SOLARIZE,
                            "How often a view's levels from 128 on are inverted, after the blur;"
                                    + " two numbers are the first view's and the second's (MoCo v3:"
                                    + " 0.0,0.2).",
                            Domain.perView("0.0,0.2")),
                    new Setting<>(
                            FLIP,
                            "How often a view is mirrored; 0 where left and right mean something.",
                            PROBABILITY),
                    new Setting<>(
                            ORDER,
                            "Which colour operation comes first: jitter in MoCo v2, grayscale in"
                                    + " v1.",
                            Domain.choice(Recipe.Order.class, Recipe.Order.JITTER_THEN_GRAYSCALE)),
                    new Setting<>(
                            NORMALIZATION,
                            "The means and deviations that pixels are normalised with, on the"
                                    + " device; `explicit` reads `views.mean` and `views.std`.",
                            Domain.choice(NormalizationName.class, NormalizationName.IMAGENET)),
                    new Setting<>(
                            MEAN,
                            "Red, green and blue means, of 1, for an `explicit` normalisation.",
                            Domain.three(
                                    n -> n > -1 && n < 1,
                                    "three numbers below 1",
                                    "0.485,0.456,0.406")),
                    new Setting<>(
                            STD,
                            "Red, green and blue standard deviations, of 1, for an `explicit`"
                                    + " normalisation.",
                            Domain.three(
                                    n -> n > 0 && n <= 1,
                                    "three numbers above 0 and at most 1",
                                    "0.229,0.224,0.225")),
                    new Setting<>(
                            IMAGE_MAX_BYTES,
                            "Largest encoded image; a larger one becomes a dead letter. Above 1 mb"
                                    + " the topic's `max.message.bytes` must allow it too.",
                            Domain.memory(MemorySize.ofMebiBytes(1024), "32 mb")),
                    new Setting<>(
                            IMAGE_MAX_SIDE,
                            "Largest declared width or height, pixels, checked before anything is"
                                    + " allocated.",
                            Domain.integer(1, 65_535, 16_384)),
                    new Setting<>(
                            IMAGE_MAX_PIXELS,
                            "Largest declared width times height. Each augmenter may need 7 bytes a"
                                    + " pixel, so raise its memory with it. Of PNGs with more than"
                                    + " 4 bytes a pixel (16 bits a channel) fewer are allowed.",
                            Domain.longInteger(1, 64_000_000)),
                    new Setting<>(
                            REFERENCE_ALLOW,
                            "Where images may lie that a record only refers to: scheme (http, https,"
                                    + " file), host and folder. Everything else, and with no"
                                    + " prefix every reference, becomes a dead letter.",
                            Domain.prefixes("https://cdn.example.com/images/")));

    private ViewOptions() {}
}
