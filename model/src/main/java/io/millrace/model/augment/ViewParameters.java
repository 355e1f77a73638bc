package io.millrace.model.augment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Everything that was drawn for one view.
 *
 * @param crop the part of the image that becomes the view
 * @param jitter colour adjustments, in the order in which they apply; empty for none
 * @param grayscale whether colour is taken away
 * @param sigma of the Gaussian blur, pixels; 0 for none
 * @param solarize whether levels from 128 on are inverted
 * @param flip whether the view is mirrored left to right
 */
record ViewParameters(
        Box crop,
        List<Adjustment> jitter,
        boolean grayscale,
        double sigma,
        boolean solarize,
        boolean flip) {

    /** A rectangle of an image, pixels. */
    record Box(int top, int left, int height, int width) {}

    /** What an adjustment changes. */
    enum Operation {
        BRIGHTNESS,
        CONTRAST,
        SATURATION,
        HUE
    }

    /**
     * One of torchvision's colour adjustments.
     *
     * @param factor 1 leaves brightness, contrast or saturation alone; a hue shift is a share of a
     *     full turn, -0.5 to 0.5
     */
    record Adjustment(Operation operation, double factor) {}

    ViewParameters {
        jitter = List.copyOf(jitter);
    }

    /** For people: a line for each thing that is done, in order. */
    List<String> describe(Recipe.Order order) {
        List<String> lines = new ArrayList<>();
        lines.add(
                String.format(
                        Locale.ROOT,
                        "crop %dx%d at %d, %d",
                        crop.width(),
                        crop.height(),
                        crop.left(),
                        crop.top()));
        String adjusted =
                jitter.stream()
                        .map(
                                a ->
                                        String.format(
                                                Locale.ROOT,
                                                "%s %.2f",
                                                a.operation().name().toLowerCase(Locale.ROOT),
                                                a.factor()))
                        .collect(Collectors.joining(", "));
        if (grayscale && order == Recipe.Order.GRAYSCALE_THEN_JITTER) {
            lines.add("grayscale");
        }
        if (!adjusted.isEmpty()) {
            lines.add(adjusted);
        }
        if (grayscale && order == Recipe.Order.JITTER_THEN_GRAYSCALE) {
            lines.add("grayscale");
        }
        if (sigma > 0) {
            lines.add(String.format(Locale.ROOT, "blur of sigma %.2f", sigma));
        }
        if (solarize) {
            lines.add("solarised");
        }
        if (flip) {
            lines.add("mirrored");
        }
        return lines;
    }
}
