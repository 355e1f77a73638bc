package io.millrace.model.augment;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * How a view is drawn: random resized crop, colour jitter, grayscale, Gaussian blur, horizontal
 * flip, as in MoCo v2 (arXiv:2003.04297; main_moco.py of the reference code, {@code --aug-plus}).
 *
 * @param side height and width of a view, pixels
 * @param crop random resized crop; torchvision's RandomResizedCrop with ratio 3/4 to 4/3
 * @param jitter torchvision's ColorJitter, its four operations in a random order
 * @param grayscale probability of grayscale
 * @param blur Pillow's GaussianBlur, radius = sigma
 * @param flip probability of mirroring left to right
 * @param order whether jitter or grayscale comes first (MoCo v2 and v1 differ)
 */
public record Recipe(
        int side, Crop crop, Jitter jitter, double grayscale, Blur blur, double flip, Order order)
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

    /**
     * Sigma is drawn uniformly, pixels.
     *
     * @param probability of blurring at all
     */
    public record Blur(double probability, double minSigma, double maxSigma)
            implements Serializable {

        public static final Blur NONE = new Blur(0, 0, 0);

        public Blur {
            requireFraction("blur probability", probability);
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
        requireFraction("flip", flip);
        requireNonNull(order, "order");
    }

    private static void requireFraction(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be 0 to 1, got " + value);
        }
    }
}
