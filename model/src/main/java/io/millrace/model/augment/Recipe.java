package io.millrace.model.augment;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * How views are drawn: random resized crop, colour jitter, grayscale, Gaussian blur, solarisation,
 * horizontal flip. Covers the pipelines of MoCo v1 and v2 (main_moco.py of
 * github.com/facebookresearch/moco), of the authors' CIFAR-10 demo, of SimCLR and of MoCo v3
 * (main_moco.py of github.com/facebookresearch/moco-v3); some of them mirror first, which gives the
 * same pixels.
 *
 * @param side height and width of a view, pixels
 * @param crop random resized crop; torchvision's RandomResizedCrop with ratio 3/4 to 4/3
 * @param jitter torchvision's ColorJitter, its four operations in a random order
 * @param grayscale probability of grayscale
 * @param blur Pillow's GaussianBlur, radius = sigma
 * @param solarize probability of solarisation in each view: Pillow's ImageOps.solarize, which
 *     inverts levels from 128 on
 * @param flip probability of mirroring left to right
 * @param order whether jitter or grayscale comes first (MoCo v2 and v1 differ)
 */
public record Recipe(
        int side,
        Crop crop,
        Jitter jitter,
        double grayscale,
        Blur blur,
        PerView solarize,
        double flip,
        Order order)
        implements Serializable {

    /** Which colour operation comes first. */
    public enum Order {
        JITTER_THEN_GRAYSCALE,
        GRAYSCALE_THEN_JITTER
    }

    /**
     * The crop's share of the image's area, drawn uniformly.
     *
     * @param minScale above 0
     * @param maxScale up to 1
     */
    public record Crop(double minScale, double maxScale) implements Serializable {
        public Crop {
            if (!(minScale > 0 && minScale <= maxScale && maxScale <= 1)) {
                throw new IllegalArgumentException(
                        "crop scale must satisfy 0 < min <= max <= 1, got "
                                + minScale
                                + " to "
                                + maxScale
                                + "; MoCo v2 uses 0.2 to 1");
            }
        }
    }

    /**
     * Factors are drawn from [1 - x, 1 + x], the hue shift from [-hue, hue].
     *
     * @param probability of jittering at all
     * @param hue at most 0.5, a half turn
     */
    public record Jitter(
            double probability, double brightness, double contrast, double saturation, double hue)
            implements Serializable {

        public static final Jitter NONE = new Jitter(0, 0, 0, 0, 0);

        public Jitter {
            requireFraction("jitter probability", probability);
            requireFraction("brightness", brightness);
            requireFraction("contrast", contrast);
            requireFraction("saturation", saturation);
            if (!(hue >= 0 && hue <= 0.5)) {
                throw new IllegalArgumentException("hue must be 0 to 0.5, got " + hue);
            }
        }
    }

    /** A probability in each of an image's two views. */
    public record PerView(double first, double second) implements Serializable {

        public static final PerView NEVER = both(0);

        public PerView {
            requireFraction("first view's probability", first);
            requireFraction("second view's probability", second);
        }

        /** The same in both views. */
        public static PerView both(double probability) {
            return new PerView(probability, probability);
        }

        double of(int view) {
            return view == 0 ? first : second;
        }
    }

    /**
     * Sigma is drawn uniformly, pixels.
     *
     * @param probability of blurring at all
     */
    public record Blur(PerView probability, double minSigma, double maxSigma)
            implements Serializable {

        public static final Blur NONE = new Blur(PerView.NEVER, 0, 0);

        public Blur {
            requireNonNull(probability, "probability");
            if (!(minSigma >= 0 && minSigma <= maxSigma)) {
                throw new IllegalArgumentException(
                        "blur sigma must satisfy 0 <= min <= max, got "
                                + minSigma
                                + " to "
                                + maxSigma);
            }
        }
    }

    public Recipe {
        if (side < 1 || side > 1024) {
            throw new IllegalArgumentException("view side must be 1 to 1024, got " + side);
        }
        requireNonNull(crop, "crop");
        requireNonNull(jitter, "jitter");
        requireFraction("grayscale", grayscale);
        requireNonNull(blur, "blur");
        requireNonNull(solarize, "solarize");
        requireFraction("flip", flip);
        requireNonNull(order, "order");
    }

    private static void requireFraction(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be 0 to 1, got " + value);
        }
    }
}
