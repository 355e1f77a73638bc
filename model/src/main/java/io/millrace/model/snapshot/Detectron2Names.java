package io.millrace.model.snapshot;

import java.util.regex.Pattern;

/**
 * detectron2's names of torchvision's tensors, as the authors of MoCo convert them
 * (facebookresearch/moco, detection/convert-pretrain-to-detectron2.py): what is outside the layers
 * belongs to {@code stem}, layers 1 to 4 are {@code res2} to {@code res5}, a batch norm is the
 * {@code norm} of its convolution, and {@code downsample} is {@code shortcut}.
 *
 * <p>{@code num_batches_tracked} stays, as in the authors' files: detectron2's BN and SyncBN are
 * PyTorch's and have the counter; FrozenBN has none, so that detectron2 lists it as unused.
 */
final class Detectron2Names {

    private static final Pattern LAYER = Pattern.compile("layer([1-4])(?=\\.)");
    private static final Pattern NORM = Pattern.compile("(?<=^|\\.)bn([1-3])(?=\\.)");

    private Detectron2Names() {}

    /** For example {@code layer1.0.bn2.weight} to {@code res2.0.conv2.norm.weight}. */
    static String of(String torchvision) {
        String name = torchvision.contains("layer") ? torchvision : "stem." + torchvision;
        name = LAYER.matcher(name).replaceAll(m -> "res" + (Integer.parseInt(m.group(1)) + 1));
        return NORM.matcher(name)
                .replaceAll("conv$1.norm")
                .replace("downsample.0", "shortcut")
                .replace("downsample.1", "shortcut.norm");
    }
}
