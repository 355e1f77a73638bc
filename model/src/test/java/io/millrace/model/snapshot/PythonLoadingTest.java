package io.millrace.model.snapshot;

import static io.millrace.model.parity.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Block;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.evaluation.FeatureExtractor;
import io.millrace.model.moco.BatchNormSplits;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.EncoderSettings;
import io.millrace.model.moco.Moco;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.moco.Sgd;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.Progress;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.SplitMix;
import io.millrace.model.torch.TestTorch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What torchvision, timm and encoder.py make of a trained snapshot: the features that Java has. */
class PythonLoadingTest {

    private static final String MODULES = "torchvision_models,timm,safetensors,numpy";
    private static final Normalization NORMALIZATION = Normalization.CIFAR10;
    private static final int N = 4;
    private static final int SIDE = 64;

    @TempDir private Path root;

    // Parameters without fc, counted by hand; torchvision gives 11,689,512 less 513,000 for
    // ResNet-18.
    @ParameterizedTest
    @CsvSource({
        "BASIC, IMAGENET, 64, 2 2 2 2, resnet18 timm encoder, 11176512, 512",
        "BASIC, IMAGENET, 64, 3 4 6 3, resnet34 timm encoder, 21284672, 512",
        "BOTTLENECK, IMAGENET, 64, 3 4 6 3, resnet50 timm encoder, 23508032, 2048",
        "BASIC, IMAGENET, 64, 1 1 1 1, timm encoder, 4905792, 512",
        "BASIC, CIFAR, 64, 2 2 2 2, timm+encoder encoder, 11168832, 512",
        "BASIC, CIFAR, 32, 1 1 1, timm+encoder encoder, 307360, 128",
        "BOTTLENECK, CIFAR, 16, 1 2 1 1, timm+encoder encoder, 522256, 512",
        "BASIC, PATCH4, 8, 1, timm+encoder encoder, 1584, 8",
        "BASIC, PATCH8, 16, 1 1 1, timm+encoder encoder, 80032, 64"
    })
    void load_computesTheSameFeatures_whenThePublishedArchitectureIs(
            Block block,
            Stem stem,
            int width,
            String blocks,
            String loaders,
            int parameters,
            int features)
            throws Exception {
        Path snapshot = publish(new Architecture(block, stem, width, counts(blocks)));
        ByteBuffer pixels = pixels(99);
        Path views = root.resolve("views");
        Files.write(views, bytes(pixels));
        Path out = root.resolve("features");
        List<String> names = List.of(loaders.split(" "));
        List<Object> arguments = new ArrayList<>(List.of(snapshot, views, SIDE, out));
        arguments.addAll(names);

        String said = Python.run(MODULES, "snapshot_features.py", arguments.toArray());

        assertThat(said.lines())
                .containsExactlyElementsOf(
                        names.stream()
                                .map(
                                        name ->
                                                "%s %d (%d, %d)"
                                                        .formatted(name, parameters, N, features))
                                .toList());
        float[] ours = features(snapshot, pixels);
        for (String name : names) {
            assertClose(name, ours, floats(Path.of(out + "-" + name)), 1e-5);
        }
    }

    private static List<Integer> counts(String blocks) {
        return Arrays.stream(blocks.split(" ")).map(Integer::valueOf).toList();
    }

    /** Returns the directory of a snapshot whose weights and statistics have moved. */
    private Path publish(Architecture architecture) throws IOException {
        byte[] weights;
        try (Moco moco = Moco.create(settings(architecture), TestTorch.CPU)) {
            moco.step(pixels(1), pixels(2));
            moco.step(pixels(3), pixels(4));
            weights = Safetensors.encode(moco.backbone(), Map.of("format", "pt"));
        }
        var snapshots = new SnapshotDirectory(root);
        StagedSnapshot staged =
                snapshots.stage(
                        new EncoderSnapshot(
                                new Progress("cam", 2, 2 * N, 0, List.of()),
                                weights,
                                new byte[0],
                                false),
                        new SnapshotDescription(
                                architecture, NORMALIZATION, SIDE, Map.of(), Map.of()),
                        Instant.EPOCH);
        snapshots.publish(staged);
        return Path.of(staged.published());
    }

    private static MocoSettings settings(Architecture architecture) {
        return new MocoSettings(
                new EncoderSettings(
                        architecture, new Head(Head.Kind.MLP, 16), NORMALIZATION, Precision.FP32),
                SIDE,
                N,
                new Contrast(2 * N, 0.2, 0.9),
                new BatchNormSplits(1, true),
                new Sgd(0.03, 0.9, 1e-4),
                Schedule.CONSTANT,
                5);
    }

    /** Features in evaluation mode: (N, C). */
    private static float[] features(Path snapshot, ByteBuffer pixels) throws IOException {
        try (Encoder encoder =
                        PublishedEncoder.read(snapshot).encoder(TestTorch.CPU, Precision.FP32);
                var extractor = new FeatureExtractor(TestTorch.CPU, encoder, NORMALIZATION, SIDE)) {
            return extractor.extract(pixels).features();
        }
    }

    /** Random views: (N, side, side, 3), RGB. */
    private static ByteBuffer pixels(long seed) {
        SplitMix random = SplitMix.of(seed);
        ByteBuffer pixels = ByteBuffer.allocateDirect(N * SIDE * SIDE * 3);
        for (int i = 0; i < pixels.capacity(); i++) {
            pixels.put(i, (byte) random.bits(i));
        }
        return pixels;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static float[] floats(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        float[] floats = new float[bytes.remaining() / Float.BYTES];
        bytes.order(ByteOrder.nativeOrder()).asFloatBuffer().get(floats);
        return floats;
    }
}
