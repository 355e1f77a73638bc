package io.millrace.model.augment;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.augment.ViewParameters.Operation;
import java.util.ArrayList;
import java.util.List;

/** Draws the parameters of views, as torchvision's transforms draw theirs. */
final class ViewSampler {

    private static final double MIN_RATIO = 3.0 / 4;
    private static final double MAX_RATIO = 4.0 / 3;
    private static final double MIN_LOG_RATIO = StrictMath.log(MIN_RATIO);
    private static final double MAX_LOG_RATIO = StrictMath.log(MAX_RATIO);
    private static final int CROP_ATTEMPTS = 10;

    // Slots: a parameter's place among the draws; views stay the same as long as these do.
    private static final int CROP = 0; // area, ratio, top, left of each attempt
    private static final int JITTER = 40;
    private static final int JITTER_ORDER = 41; // three swaps
    private static final int JITTER_FACTOR = 44; // one for each operation
    private static final int GRAYSCALE = 48;
    private static final int BLUR = 49;
    private static final int SIGMA = 50;
    private static final int FLIP = 51;
    private static final int SOLARIZE = 52;

    private final Recipe recipe;

    ViewSampler(Recipe recipe) {
        this.recipe = recipe;
    }

    /**
     * Draws for one of the two views.
     *
     * @param draws of that view
     * @param view 0 or 1: some probabilities differ
     */
    ViewParameters draw(Draws draws, int view, int width, int height) {
        Recipe.Blur blur = recipe.blur();
        return new ViewParameters(
                crop(draws, width, height),
                jitter(draws),
                draws.happens(GRAYSCALE, recipe.grayscale()),
                draws.happens(BLUR, blur.probability().of(view))
                        ? draws.uniform(SIGMA, blur.minSigma(), blur.maxSigma())
                        : 0,
                draws.happens(SOLARIZE, recipe.solarize().of(view)),
                draws.happens(FLIP, recipe.flip()));
    }

    /** torchvision's RandomResizedCrop.get_params. */
    private Box crop(Draws draws, int width, int height) {
        double area = (double) width * height;
        for (int slot = CROP; slot < CROP + 4 * CROP_ATTEMPTS; slot += 4) {
            double target =
                    area * draws.uniform(slot, recipe.crop().minScale(), recipe.crop().maxScale());
            double ratio = StrictMath.exp(draws.uniform(slot + 1, MIN_LOG_RATIO, MAX_LOG_RATIO));
            int w = (int) Math.rint(Math.sqrt(target * ratio));
            int h = (int) Math.rint(Math.sqrt(target / ratio));
            if (w > 0 && w <= width && h > 0 && h <= height) {
                return new Box(
                        draws.below(slot + 2, height - h + 1),
                        draws.below(slot + 3, width - w + 1),
                        h,
                        w);
            }
        }
        return central(width, height);
    }

    /** The largest box in the middle whose ratio is allowed. */
    private static Box central(int width, int height) {
        double ratio = (double) width / height;
        int w = width;
        int h = height;
        if (ratio < MIN_RATIO) {
            h = (int) Math.rint(width / MIN_RATIO);
        } else if (ratio > MAX_RATIO) {
            w = (int) Math.rint(height * MAX_RATIO);
        }
        return new Box((height - h) / 2, (width - w) / 2, h, w);
    }

    /** torchvision's ColorJitter: an operation of strength 0 is left out, the rest are shuffled. */
    private List<Adjustment> jitter(Draws draws) {
        if (!draws.happens(JITTER, recipe.jitter().probability())) {
            return List.of();
        }
        Operation[] order = Operation.values();
        for (int i = order.length - 1; i > 0; i--) {
            int j = draws.below(JITTER_ORDER + i - 1, i + 1);
            Operation swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        List<Adjustment> adjustments = new ArrayList<>(order.length);
        for (Operation operation : order) {
            double strength = strength(operation);
            if (strength > 0) {
                double centre = operation == Operation.HUE ? 0 : 1;
                int slot = JITTER_FACTOR + slot(operation);
                double factor = draws.uniform(slot, centre - strength, centre + strength);
                adjustments.add(new Adjustment(operation, factor));
            }
        }
        return adjustments;
    }

    private static int slot(Operation operation) {
        return switch (operation) {
            case BRIGHTNESS -> 0;
            case CONTRAST -> 1;
            case SATURATION -> 2;
            case HUE -> 3;
        };
    }

    private double strength(Operation operation) {
        Recipe.Jitter jitter = recipe.jitter();
        return switch (operation) {
            case BRIGHTNESS -> jitter.brightness();
            case CONTRAST -> jitter.contrast();
            case SATURATION -> jitter.saturation();
            case HUE -> jitter.hue();
        };
    }
}
