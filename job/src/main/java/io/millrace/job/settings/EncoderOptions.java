package io.millrace.job.settings;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.torch.Precision;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;

/** The networks: backbone, head, input normalisation. */
public final class EncoderOptions {

    /** Which residual network. */
    public enum Backbone {
        RESNET18,
        RESNET34,
        RESNET50,
        /** As the options block, width and blocks say. */
        CUSTOM
    }

    public static final ConfigOption<Backbone> ARCHITECTURE =
            key("encoder.architecture").enumType(Backbone.class).defaultValue(Backbone.RESNET50);

    public static final ConfigOption<Architecture.Stem> STEM =
            key("encoder.stem")
                    .enumType(Architecture.Stem.class)
                    .defaultValue(Architecture.Stem.IMAGENET);

    public static final ConfigOption<Architecture.Block> BLOCK =
            key("encoder.block")
                    .enumType(Architecture.Block.class)
                    .defaultValue(Architecture.Block.BASIC);

    public static final ConfigOption<Integer> WIDTH =
            key("encoder.width").intType().defaultValue(64);

    public static final ConfigOption<List<Integer>> BLOCKS =
            key("encoder.blocks").intType().asList().defaultValues(2, 2, 2, 2);

    public static final ConfigOption<Precision> PRECISION =
            key("encoder.precision").enumType(Precision.class).defaultValue(Precision.AUTO);

    public static final ConfigOption<Head.Kind> HEAD_KIND =
            key("head.kind").enumType(Head.Kind.class).defaultValue(Head.Kind.MLP);

    public static final ConfigOption<Integer> HEAD_DIMENSION =
            key("head.dimension").intType().defaultValue(128);

    public static final ConfigOption<Integer> HEAD_HIDDEN =
            key("head.hidden").intType().defaultValue(0);

    public static final ConfigOption<Integer> HEAD_PREDICTOR =
            key("head.predictor").intType().defaultValue(0);

    static final List<Setting<?>> ALL =
            List.of(
                    new Setting<>(
                            ARCHITECTURE,
                            "The backbone, with torchvision's structure and names. Larger ones learn"
                                    + " better features and cost time and memory in proportion;"
                                    + " `custom` reads `encoder.block`, `encoder.width` and"
                                    + " `encoder.blocks`.",
                            Domain.choice(Backbone.class, Backbone.RESNET18)),
                    new Setting<>(
                            STEM,
                            "How the image enters: `imagenet` is a 7x7 convolution of stride 2 and"
                                    + " max pooling; `cifar` a 3x3 convolution of stride 1, which"
                                    + " small images need and which costs 16 times as much per"
                                    + " pixel; `patch4` and `patch8` a convolution of patches that"
                                    + " do not overlap, for small encoders on a CPU: at width 16 and"
                                    + " 224 pixels a step is 1.5 and 3 times as fast as with"
                                    + " `imagenet`."
                                    + " Agrees with `views.side`: 64 or less is `cifar`'s, and a"
                                    + " multiple of 4 or 8 what patches need.",
                            Domain.choice(Architecture.Stem.class, Architecture.Stem.CIFAR)),
                    new Setting<>(
                            BLOCK,
                            "The building block of a `custom` backbone: `basic` (two 3x3"
                                    + " convolutions) or `bottleneck` (1x1, 3x3, 1x1; four times the"
                                    + " features).",
                            Domain.choice(Architecture.Block.class, Architecture.Block.BASIC)),
                    new Setting<>(
                            WIDTH,
                            "Channels after the stem of a `custom` backbone, doubled at each later"
                                    + " stage. Doubling it costs about four times the work of a"
                                    + " step.",
                            Domain.integer(1, 1024, 64)),
                    new Setting<>(
                            BLOCKS,
                            "Blocks in each stage of a `custom` backbone; 2,2,2,2 is ResNet-18. More"
                                    + " blocks cost time in proportion.",
                            Domain.counts(4, "2,2,2,2")),
                    new Setting<>(
                            PRECISION,
                            "What convolutions and linear layers compute in. `auto` takes bf16"
                                    + " where the device multiplies it in hardware (twice as fast)"
                                    + " and fp32 elsewhere; parameters, loss and queue are always"
                                    + " fp32.",
                            Domain.choice(Precision.class, Precision.AUTO)),
                    new Setting<>(
                            HEAD_KIND,
                            "The projection that the loss sees: `linear` is MoCo v1's, `mlp` MoCo"
                                    + " v2's, `simclr` and `moco-v3` have batch norm. It is left"
                                    + " out of what is published.",
                            Domain.choice(Head.Kind.class, Head.Kind.MLP)),
                    new Setting<>(
                            HEAD_DIMENSION,
                            "Width of a query, a key and a queue entry (D). Raising it costs queue"
                                    + " memory: `contrast.queue-capacity` x D x 4 bytes.",
                            Domain.integer(1, 4096, 128)),
                    new Setting<>(
                            HEAD_HIDDEN,
                            "Units of the head's hidden layers; 0 for as many as the backbone has"
                                    + " features. MoCo v3 has 4096.",
                            Domain.integer(0, 65_536, 0)),
                    new Setting<>(
                            HEAD_PREDICTOR,
                            "Hidden units of a predictor that queries go through and keys do not;"
                                    + " 0 for none. MoCo v3 has 4096.",
                            Domain.integer(0, 65_536, 0)));

    private EncoderOptions() {}
}
