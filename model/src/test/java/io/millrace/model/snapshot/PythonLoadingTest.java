package io.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Block;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.Progress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Python's side of a snapshot directory: what timm and encoder.py build from it. */
class PythonLoadingTest {

    /** Fills in random weights, loads them both ways, prints the parameters and the difference. */
    private static final String SCRIPT =
            """
            import json, sys
            import timm, torch
            from safetensors.torch import save_file
            directory = sys.argv[1]
            config = json.load(open(directory + "/config.json"))
            manifest = json.load(open(directory + "/manifest.json"))
            if config["architecture"] == "millrace_resnet":
                try:
                    timm.create_model("local-dir:" + directory, pretrained=True)
                    sys.exit("timm knows millrace_resnet without encoder.py")
                except RuntimeError as unknown:
                    pass
            sys.path.insert(0, directory)
            import encoder
            torch.manual_seed(1)
            save_file(encoder.build(**manifest["architecture"]).state_dict(),
                      directory + "/model.safetensors")
            ours = encoder.load()
            theirs = timm.create_model("local-dir:" + directory, pretrained=True, num_classes=0).eval()
            images = torch.randn(2, 3, 64, 64)
            with torch.no_grad():
                a, b = ours(images), theirs(images)
            print(config["architecture"], sum(p.numel() for p in theirs.parameters()),
                  tuple(b.shape), theirs.num_features, (a - b).abs().max().item() <= 1e-5)
            """;

    @TempDir private Path root;

    // Parameters without fc, counted by hand; torchvision gives 11,689,512 less 513,000 for
    // ResNet-18.
    @ParameterizedTest
    @CsvSource({
        "BASIC, IMAGENET, 64, 2 2 2 2, 'resnet18 11176512 (2, 512) 512 True'",
        "BASIC, IMAGENET, 64, 3 4 6 3, 'resnet34 21284672 (2, 512) 512 True'",
        "BOTTLENECK, IMAGENET, 64, 3 4 6 3, 'resnet50 23508032 (2, 2048) 2048 True'",
        "BASIC, IMAGENET, 64, 1 1 1 1, 'resnet18 4905792 (2, 512) 512 True'",
        "BASIC, CIFAR, 64, 2 2 2 2, 'millrace_resnet 11168832 (2, 512) 512 True'",
        "BASIC, CIFAR, 32, 1 1 1, 'millrace_resnet 307360 (2, 128) 128 True'",
        "BOTTLENECK, CIFAR, 16, 1 2 1 1, 'millrace_resnet 522256 (2, 512) 512 True'"
    })
    void load_buildsTheNetwork_whenThePublishedArchitectureIs(
            Block block, Stem stem, int width, String blocks, String expected) throws Exception {
        List<Integer> counts = Arrays.stream(blocks.split(" ")).map(Integer::valueOf).toList();
        var description =
                new SnapshotDescription(
                        new Architecture(block, stem, width, counts),
                        Normalization.IMAGENET,
                        64,
                        Map.of(),
                        Map.of());
        var snapshot =
                new EncoderSnapshot(
                        new Progress("cam", 1, 1, 0, List.of()), new byte[0], new byte[0], false);
        var snapshots = new SnapshotDirectory(root);
        StagedSnapshot staged = snapshots.stage(snapshot, description, Instant.EPOCH);
        snapshots.publish(staged);

        assertThat(Python.run("torchvision,timm,safetensors", SCRIPT, staged.published()))
                .isEqualTo(expected);
    }
}
