package io.millrace.tests;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Block;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.encoder.Preprocessing;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.moco.BatchNormSplits;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.EncoderSettings;
import io.millrace.model.moco.Moco;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.moco.Sgd;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.Safetensors;
import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.StagedSnapshot;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.Progress;
import io.millrace.model.torch.Floats;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A learner's snapshot in Python: the same features as here, of the same pixels. */
class PythonIT {

    private static final int BATCH = 4;
    private static final int SIDE = 32;
    private static final Head HEAD = new Head(Head.Kind.MLP, 16);
    private static final Normalization NORMALIZATION = Normalization.CIFAR10;

    @TempDir private Path root;

    static Stream<Arguments> encoders() {
        var small = new Architecture(Block.BASIC, Stem.CIFAR, 8, List.of(1, 1));
        return Stream.of(
                Arguments.of("encoder", small, 3),
                Arguments.of("torchvision:resnet18", Architecture.resnet18(Stem.IMAGENET), 2),
                Arguments.of("torchvision:resnet50", Architecture.resnet50(Stem.IMAGENET), 1));
    }

    @ParameterizedTest
    @MethodSource("encoders")
    void load_computesTheSameFeatures_whenTheEncoderHasBeenTrained(
            String loader, Architecture architecture, int steps) throws Exception {
        Path views = root.resolve("views");
        Path features = root.resolve("features");
        try (Torch torch = Torch.start(Torch.Target.CPU, 1)) {
            String snapshot = trainAndPublish(torch, architecture, steps);
            ByteBuffer pixels = pixels(99);
            Files.write(views, copy(pixels));

            String shape =
                    Python.run(
                            "features.py",
                            loader,
                            snapshot,
                            views.toString(),
                            "" + SIDE,
                            features.toString());

            assertThat(shape).isEqualTo("(" + BATCH + ", " + architecture.features() + ")");
            Path weights = Path.of(snapshot, "model.safetensors");
            float[] ours = features(torch, architecture, weights, pixels);
            assertThat(relativeDistance(ours, floats(features))).isLessThan(1e-4);
        }
    }

    /** Returns the directory of a snapshot whose statistics and weights have moved. */
    private String trainAndPublish(Torch torch, Architecture architecture, int steps)
            throws IOException {
        var settings =
                new MocoSettings(
                        new EncoderSettings(architecture, HEAD, NORMALIZATION, Precision.FP32),
                        SIDE,
                        BATCH,
                        new Contrast(8, 0.2, 0.9),
                        new BatchNormSplits(1, true),
                        new Sgd(0.03, 0.9, 1e-4),
                        Schedule.CONSTANT,
                        5);
        byte[] weights;
        try (Moco moco = Moco.create(settings, torch)) {
            for (int step = 0; step < steps; step++) {
                moco.step(pixels(2L * step), pixels(2L * step + 1));
            }
            weights = Safetensors.encode(moco.backbone(), Map.of("format", "pt"));
        }
        var snapshots = new SnapshotDirectory(root);
        var progress = new Progress("default", steps, (long) steps * BATCH, 0, List.of());
        StagedSnapshot staged =
                snapshots.stage(
                        new EncoderSnapshot(progress, weights, new byte[0], true),
                        new SnapshotDescription(
                                architecture, NORMALIZATION, SIDE, Map.of(), Map.of()),
                        Instant.EPOCH);
        snapshots.publish(staged);
        return staged.published();
    }

    /** Features in evaluation mode of an encoder with the weights of a file: (N, C). */
    private static float[] features(
            Torch torch, Architecture architecture, Path weights, ByteBuffer pixels)
            throws IOException {
        torch.enter();
        try (Encoder encoder = Encoder.create(torch, architecture, HEAD, Precision.FP32, 1);
                Preprocessing preprocessing = new Preprocessing(torch, NORMALIZATION, SIDE);
                NDManager manager = torch.newManager()) {
            load(encoder, Safetensors.decode(Files.readAllBytes(weights)).tensors());
            var order = new RowOrder(manager, IntStream.range(0, BATCH).toArray(), 1);
            NDArray input = preprocessing.input(manager, pixels, order);
            return encoder.forward(input, order, Encoder.Pass.EVALUATION).features().toFloatArray();
        }
    }

    private static void load(Encoder encoder, List<NamedTensor> tensors) {
        Map<String, NamedTensor> byName =
                tensors.stream().collect(Collectors.toMap(NamedTensor::name, Function.identity()));
        ByteBuffer parameters = Floats.read(encoder.parameters());
        ByteBuffer buffers = Floats.read(encoder.buffers());
        for (Layout.Entry entry : encoder.layout().entries()) {
            if (!entry.isHead() && entry.kind() != Layout.Entry.Kind.BATCHES) {
                ByteBuffer flat = entry.kind().isParameter() ? parameters : buffers;
                ByteBuffer values =
                        requireNonNull(byName.get(entry.name()), entry.name()).data().duplicate();
                flat.put(
                        Math.toIntExact(entry.offset() * Float.BYTES),
                        copy(values),
                        0,
                        values.remaining());
            }
        }
        Floats.write(encoder.parameters(), parameters);
        Floats.write(encoder.buffers(), buffers);
    }

    /** Random views: (N, side, side, 3), RGB. */
    private static ByteBuffer pixels(long seed) {
        byte[] bytes = new byte[BATCH * SIDE * SIDE * 3];
        new SplittableRandom(seed).nextBytes(bytes);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static byte[] copy(ByteBuffer buffer) {
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

    /** The largest difference over the largest value. */
    private static double relativeDistance(float[] ours, float[] theirs) {
        assertThat(theirs).hasSameSizeAs(ours);
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < ours.length; i++) {
            difference = Math.max(difference, Math.abs(ours[i] - theirs[i]));
            largest = Math.max(largest, Math.abs(ours[i]));
        }
        assertThat(largest).isPositive();
        return difference / largest;
    }
}
