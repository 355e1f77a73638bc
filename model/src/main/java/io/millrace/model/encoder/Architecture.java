package io.millrace.model.encoder;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A residual network (He et al. 2015, arXiv:1512.03385), as torchvision builds it.
 *
 * @param block the building block
 * @param stem how the image enters
 * @param width channels after the stem, 64 in torchvision; doubled at each later stage
 * @param blocks blocks in each of the stages, (2, 2, 2, 2) for ResNet-18
 */
public record Architecture(Block block, Stem stem, int width, List<Integer> blocks)
        implements Serializable {

    /** The building block: two 3x3 convolutions, or 1x1, 3x3, 1x1 with four times the width. */
    public enum Block {
        BASIC(1),
        BOTTLENECK(4);

        private final int expansion;

        Block(int expansion) {
            this.expansion = expansion;
        }

        /** Output channels of the block over its width. */
        public int expansion() {
            return expansion;
        }
    }

    /** The first convolution, with or without max pooling of 3x3 and stride 2 after it. */
    public enum Stem {
        /** He et al.'s: 7x7 with stride 2, then max pooling. */
        IMAGENET(7, 2, 3, true),
        /** For small images: 3x3 with stride 1. */
        CIFAR(3, 1, 1, false),
        /**
         * Patches of 4x4 that do not overlap, as in a transformer (Liu et al. 2022,
         * arXiv:2201.03545, section 2.2): the resolution of {@link #IMAGENET} for a twelfth of its
         * work.
         */
        PATCH4(4, 4, 0, false),
        /** Patches of 8x8: half the resolution, a quarter of the work of all later layers. */
        PATCH8(8, 8, 0, false);

        private final int kernel;
        private final int stride;
        private final int padding;
        private final boolean pooled;

        Stem(int kernel, int stride, int padding, boolean pooled) {
            this.kernel = kernel;
            this.stride = stride;
            this.padding = padding;
            this.pooled = pooled;
        }

        int kernel() {
            return kernel;
        }

        int stride() {
            return stride;
        }

        int padding() {
            return padding;
        }

        boolean isPooled() {
            return pooled;
        }

        /** The stem whose convolution has that kernel. */
        public static Optional<Stem> ofKernel(long kernel) {
            return Arrays.stream(values()).filter(stem -> stem.kernel == kernel).findFirst();
        }

        /** The stem of that label. */
        public static Optional<Stem> ofLabel(String label) {
            return Arrays.stream(values()).filter(stem -> stem.label().equals(label)).findFirst();
        }

        /** The name in settings and manifests: {@code imagenet}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * What an image's side must be a multiple of, pixels: a patch's side, 1 without patches.
         */
        public int patch() {
            return kernel == stride ? kernel : 1;
        }
    }

    public Architecture {
        requireNonNull(block, "block");
        requireNonNull(stem, "stem");
        blocks = List.copyOf(blocks);
        if (width < 1 || width > 1024) {
            throw new IllegalArgumentException("encoder width must be 1 to 1024, got " + width);
        }
        if (blocks.isEmpty() || blocks.size() > 4 || blocks.stream().anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException(
                    "encoder blocks must be one to four positive counts, got "
                            + blocks
                            + "; ResNet-18 has 2,2,2,2");
        }
    }

    /** Channels of the pooled features, C: 512 for ResNet-18, 2048 for ResNet-50. */
    public int features() {
        return (width << (blocks.size() - 1)) * block.expansion();
    }

    /** Two blocks of two 3x3 convolutions in each of four stages. */
    public static Architecture resnet18(Stem stem) {
        return new Architecture(Block.BASIC, stem, 64, List.of(2, 2, 2, 2));
    }

    /** 3, 4, 6, 3 blocks of two 3x3 convolutions. */
    public static Architecture resnet34(Stem stem) {
        return new Architecture(Block.BASIC, stem, 64, List.of(3, 4, 6, 3));
    }

    /** 3, 4, 6, 3 bottlenecks. */
    public static Architecture resnet50(Stem stem) {
        return new Architecture(Block.BOTTLENECK, stem, 64, List.of(3, 4, 6, 3));
    }
}
