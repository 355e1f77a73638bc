package io.millrace.model.augment;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.image.RgbImage;
import java.util.List;

/**
 * Turns an image and drawn parameters into a view, stage by stage, bit for bit as Pillow and
 * torchvision do. Owns its scratch memory: one per thread.
 */
final class ViewRenderer {

    private final Planes planes;
    private final Resize resize;
    private final ColorJitter jitter;
    private final GaussianBlur blur;

    /** Whether the three planes are the same. */
    private boolean gray;

    ViewRenderer(int side) {
        planes = new Planes(side);
        resize = new Resize(side);
        jitter = new ColorJitter(side);
        blur = new GaussianBlur(side);
    }

    /** All stages but the last, which {@link #pixels} is. */
    void render(RgbImage image, ViewParameters view, Recipe.Order order) {
        crop(image, view.crop());
        if (order == Recipe.Order.GRAYSCALE_THEN_JITTER && view.grayscale()) {
            grayscale();
        }
        adjust(view.jitter());
        if (order == Recipe.Order.JITTER_THEN_GRAYSCALE && view.grayscale()) {
            grayscale();
        }
        blur(view.sigma());
        if (view.solarize()) {
            solarize();
        }
    }

    void crop(RgbImage image, Box box) {
        resize.apply(image, box, planes);
        gray = false;
    }

    void adjust(List<Adjustment> adjustments) {
        for (Adjustment adjustment : adjustments) {
            jitter.apply(planes, adjustment);
        }
    }

    void grayscale() {
        jitter.grayscale(planes);
        gray = true;
    }

    void blur(double sigma) {
        if (sigma == 0) {
            return;
        }
        if (gray) {
            blur.applyGray(planes, sigma);
        } else {
            blur.apply(planes, sigma);
        }
    }

    void solarize() {
        jitter.solarize(planes);
    }

    /** Mirrors if asked to, and writes (side, side, 3), 8 bits, from that place of the target. */
    void pixels(boolean flip, byte[] target, int at) {
        planes.interleave(flip, target, at);
    }

    /** The view in an array of its own. */
    byte[] pixels(boolean flip) {
        return planes.interleaved(flip);
    }
}
