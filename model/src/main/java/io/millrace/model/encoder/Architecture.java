package io.millrace.model.encoder;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.List;

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

    /** 7x7 stride 2 and max pooling, or for small images 3x3 stride 1 without pooling. */
    public enum Stem {
        IMAGENET,
        CIFAR
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
