package io.millrace.model.augment;

import io.millrace.model.augment.Recipe.Blur;
import io.millrace.model.augment.Recipe.Crop;
import io.millrace.model.augment.Recipe.Jitter;
import io.millrace.model.augment.Recipe.Order;
import io.millrace.model.augment.Recipe.PerView;

/** The pipelines of the reference implementations. */
final class Recipes {

    private static final PerView NEVER = PerView.NEVER;
    private static final PerView HALF = PerView.both(0.5);
    private static final Jitter MODERATE = new Jitter(0.8, 0.4, 0.4, 0.4, 0.1);

    private Recipes() {}

    /** facebookresearch/moco at 7397dfe, main_moco.py: grayscale, then always a strong jitter. */
    static Recipe mocoV1(int side) {
        Jitter jitter = new Jitter(1, 0.4, 0.4, 0.4, 0.4);
        Crop crop = new Crop(0.2, 1);
        return new Recipe(
                side, crop, jitter, 0.2, Blur.NONE, NEVER, 0.5, Order.GRAYSCALE_THEN_JITTER);
    }

    /** facebookresearch/moco at 7397dfe, main_moco.py with --aug-plus. */
    static Recipe mocoV2(int side) {
        return jitterFirst(side, new Crop(0.2, 1), MODERATE, new Blur(HALF, 0.1, 2), NEVER);
    }

    /** facebookresearch/moco at f736491, colab/moco_cifar10_demo.ipynb. */
    static Recipe cifarDemo() {
        return jitterFirst(32, new Crop(0.08, 1), MODERATE, Blur.NONE, NEVER);
    }

    /**
     * SimCLR (arXiv:2002.05709, appendix A) as Pillow and torchvision express it: bilinear where
     * the authors' TensorFlow code is bicubic, and Pillow's blur.
     *
     * @param strength of the jitter: 1 for ImageNet, 0.5 for CIFAR-10 (which has no blur)
     */
    static Recipe simclr(int side, double strength) {
        double s = strength;
        Jitter jitter = new Jitter(0.8, 0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s);
        return jitterFirst(side, new Crop(0.08, 1), jitter, new Blur(HALF, 0.1, 2), NEVER);
    }

    /** facebookresearch/moco-v3 at c349e6e, main_moco.py with --crop-min .2, as for ResNet-50. */
    static Recipe mocoV3(int side) {
        Jitter jitter = new Jitter(0.8, 0.4, 0.4, 0.2, 0.1);
        Blur blur = new Blur(new PerView(1, 0.1), 0.1, 2);
        return jitterFirst(side, new Crop(0.2, 1), jitter, blur, new PerView(0, 0.2));
    }

    private static Recipe jitterFirst(
            int side, Crop crop, Jitter jitter, Blur blur, PerView solarize) {
        return new Recipe(
                side, crop, jitter, 0.2, blur, solarize, 0.5, Order.JITTER_THEN_GRAYSCALE);
    }
}
