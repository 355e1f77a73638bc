package io.millrace.job.settings;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A named bundle of settings, kept as a resource next to this class. */
public enum Preset {
    MOCO_V2(
            "ResNet-50 on 224-pixel views, as MoCo v2 was published; needs a GPU",
            "arXiv:2003.04297 and main_moco.py of github.com/facebookresearch/moco with"
                    + " --mlp --moco-t 0.2 --aug-plus --cos"),
    CIFAR10_SMALL(
            "a small ResNet on 32-pixel images, for a laptop's CPU",
            "the authors' CIFAR-10 demo of MoCo (batch norm split 8 ways, T 0.1, m 0.99, K 4096,"
                    + " weight decay 5e-4) with a narrower encoder and the MLP head"),
    PHOTOS_SMALL(
            "a small ResNet on 64-pixel views of photographs, for a laptop's CPU",
            "moco-v2's recipe at a smaller size, with the queue and momentum of a short run"),
    DEMO(
            "what the demonstration trains",
            "cifar10-small at half the width and batch, for a run of minutes; both probes on");

    private final String summary;
    private final String source;

    Preset(String summary, String source) {
        this.summary = summary;
        this.source = source;
    }

    /** As typed: kebab-case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String summary() {
        return summary;
    }

    /** Where its numbers come from. */
    public String source() {
        return source;
    }

    String resource() {
        return "presets/" + label() + ".yaml";
    }

    /** The preset of that label, if there is one. */
    public static Optional<Preset> named(String label) {
        return List.of(values()).stream().filter(p -> p.label().equals(label)).findFirst();
    }
}
