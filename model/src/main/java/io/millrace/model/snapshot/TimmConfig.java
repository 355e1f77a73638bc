package io.millrace.model.snapshot;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Block;
import io.millrace.model.encoder.Architecture.Stem;
import java.util.List;
import java.util.Map;

/**
 * The {@code config.json} from which {@code timm.create_model("local-dir:DIR")} builds the encoder.
 *
 * <p>timm's ResNet has a stem of 64 channels and stride 2 and four stages, so only those encoders
 * get one of its names; any other gets {@link #OWN_NAME}, which timm does not know until the
 * directory's {@code encoder.py} has been imported.
 */
final class TimmConfig {

    /** The architecture that {@code encoder.py} registers with timm. */
    static final String OWN_NAME = "millrace_resnet";

    private static final Map<List<Integer>, String> BASIC_NAMES =
            Map.of(List.of(2, 2, 2, 2), "resnet18", List.of(3, 4, 6, 3), "resnet34");
    private static final Map<List<Integer>, String> BOTTLENECK_NAMES =
            Map.of(
                    List.of(3, 4, 6, 3), "resnet50",
                    List.of(3, 4, 23, 3), "resnet101",
                    List.of(3, 8, 36, 3), "resnet152");

    private TimmConfig() {}

    static ObjectNode of(SnapshotDescription description) {
        Architecture architecture = description.architecture();
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        name(architecture, config);
        config.put("num_classes", 0);
        config.put("num_features", architecture.features());
        config.put("global_pool", "avg");

        ObjectNode pretrained = config.putObject("pretrained_cfg");
        pretrained.putArray("input_size").add(3).add(description.side()).add(description.side());
        pretrained.put("fixed_input_size", false);
        pretrained.put("interpolation", "bilinear");
        // ImageNet's evaluation resizes 256 for 224; small images are evaluated whole.
        pretrained.put("crop_pct", architecture.stem() == Stem.CIFAR ? 1.0 : 0.875);
        description.normalization().mean().forEach(pretrained.withArray("/mean")::add);
        description.normalization().std().forEach(pretrained.withArray("/std")::add);
        pretrained.put("num_classes", 0);
        pretrained.put("first_conv", "conv1");
        pretrained.put("classifier", "fc");
        return config;
    }

    /** Whether timm can build the network itself. */
    static boolean isKnownToTimm(Architecture architecture) {
        return architecture.stem() == Stem.IMAGENET
                && architecture.width() == 64
                && architecture.blocks().size() == 4;
    }

    private static void name(Architecture architecture, ObjectNode config) {
        if (!isKnownToTimm(architecture)) {
            config.put("architecture", OWN_NAME);
            config.set("model_args", EncoderScript.arguments(architecture));
            return;
        }
        boolean basic = architecture.block() == Block.BASIC;
        String name = (basic ? BASIC_NAMES : BOTTLENECK_NAMES).get(architecture.blocks());
        if (name != null) {
            config.put("architecture", name);
        } else {
            config.put("architecture", basic ? "resnet18" : "resnet50");
            config.putObject("model_args").set("layers", EncoderScript.layers(architecture));
        }
    }
}
