package io.millrace.job.settings;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A named bundle of settings, kept as a resource next to this class. */
public enum Preset {
    MOCO_V1(
            "ResNet-50 on 224-pixel views, as MoCo was first published; needs a GPU",
            "arXiv:1911.05722 and main_moco.py of github.com/facebookresearch/moco with its"
                    + " defaults"),
    MOCO_V1_MLP("MoCo v1 with the MLP head and T 0.2", "arXiv:2003.04297, table 1, row (a)"),
    MOCO_V1_AUG("MoCo v1 with v2's augmentation", "arXiv:2003.04297, table 1, row (b)"),
    MOCO_V1_MLP_AUG(
            "MoCo v1 with both; v2 but for the cosine", "arXiv:2003.04297, table 1, row (c)"),
    MOCO_V2(
            "ResNet-50 on 224-pixel views, as MoCo v2 was published; needs a GPU",
            "arXiv:2003.04297, table 1, row (d), and main_moco.py of"
                    + " github.com/facebookresearch/moco with"
                    + " --mlp --moco-t 0.2 --aug-plus --cos"),
    MOCO_V2_SYMMETRIC("MoCo v2 with the symmetric loss, \"v2+\"", "arXiv:2011.10566, table 4"),
    MOCO_V3(
            "MoCo v3's ResNet-50: no queue, symmetric, a predictor, LARS, batch 4096",
            "arXiv:2104.02057; CONFIG.md and main_moco.py of github.com/facebookresearch/moco-v3"),
    END_TO_END(
            "SimCLR: both views with gradient, negatives from the batch of 4096, LARS",
            "arXiv:2002.05709; run.py and README of github.com/google-research/simclr"),
    MEMORY_BANK(
            "MoCo v1 with a memory bank in place of queue and momentum encoder",
            "arXiv:1805.01978, with the encoder, views and schedule of arXiv:1911.05722,"
                    + " section 4.1; other than there, the positive key is the other view's now, not"
                    + " the stored one"),
    MOCO_CIFAR10(
            "ResNet-18 on 32-pixel images, the authors' own CIFAR-10 demo",
            "colab/moco_cifar10_demo.ipynb of github.com/facebookresearch/moco at f736491"),
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
