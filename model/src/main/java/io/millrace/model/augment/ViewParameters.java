package io.millrace.model.augment;

import java.util.List;

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
}
