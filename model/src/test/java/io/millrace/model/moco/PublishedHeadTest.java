package io.millrace.model.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Output;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.snapshot.MalformedSnapshotException;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.PublishedEncoder;
import io.millrace.model.snapshot.Safetensors;
import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.StagedSnapshot;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.Progress;
import io.millrace.model.torch.Floats;
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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A trained encoder, published and read back with its head. */
class PublishedHeadTest {

    private static final Contrast MOMENTUM_BATCH =
            new Contrast(
                    Mechanism.MOMENTUM_BATCH,
                    20,
                    0.2,
                    0.9,
                    Contrast.MomentumCourse.CONSTANT,
                    true,
                    Contrast.Bank.DEFAULT);

    @TempDir private Path root;

    @Test
    void encoder_hasEveryTensorOfTheLearners() throws IOException {
        try (Moco moco = Moco.create(Samples.settings(), TestTorch.CPU)) {
            Samples.steps(moco, 0, 2);
            Path published = publish(moco);

            PublishedEncoder read = PublishedEncoder.read(published);

            assertThat(read.head()).contains(Samples.settings().encoder().head());
            try (Encoder encoder = read.encoder(TestTorch.CPU, Precision.FP32)) {
                assertSame(Backbone.of(encoder, 2), moco.backbone());
                assertSame(Backbone.head(encoder, 2), moco.head());
            }
            assertThat(moco.head())
                    .extracting(NamedTensor::name)
                    .containsExactly("fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias");
            assertThat(moco.backbone())
                    .extracting(NamedTensor::name)
                    .noneMatch(name -> name.startsWith("fc."));
        }
    }

    @ParameterizedTest
    @MethodSource("heads")
    void encoder_projectsAsTheLearners_whateverTheHead(Head head) throws IOException {
        MocoSettings settings = Samples.settings(head, MOMENTUM_BATCH);
        try (Moco moco = Moco.create(settings, TestTorch.CPU)) {
            Samples.steps(moco, 0, 2);

            PublishedEncoder read = PublishedEncoder.read(publish(moco));

            assertThat(read.unknownHead()).isEmpty();
            assertThat(read.head().map(h -> Layout.of(read.architecture(), h).entries()))
                    .contains(Layout.of(read.architecture(), head.withoutPredictor()).entries());
            try (Encoder encoder = read.encoder(TestTorch.CPU, Precision.FP32);
                    Encoder learners = learnersEncoder(settings, moco);
                    NDManager step = TestTorch.CPU.newManager()) {
                Output ours = output(encoder, step);
                Output theirs = output(learners, step);
                assertThat(ours.features().toFloatArray())
                        .isEqualTo(theirs.features().toFloatArray());
                assertThat(ours.projection().toFloatArray())
                        .isEqualTo(theirs.projection().toFloatArray());
            }
        }
    }

    private static Stream<Head> heads() {
        return Stream.of(Head.Kind.values())
                .flatMap(
                        kind ->
                                Stream.of(0, 8, 16, 24) // 16 features
                                        .flatMap(
                                                hidden ->
                                                        Stream.of(0, 12)
                                                                .map(
                                                                        predictor ->
                                                                                new Head(
                                                                                        kind,
                                                                                        Samples.D,
                                                                                        hidden,
                                                                                        predictor))));
    }

    /** The learner's query encoder without its predictor. */
    private static Encoder learnersEncoder(MocoSettings settings, Moco moco) {
        EncoderSettings encoder = settings.encoder();
        TestTorch.CPU.enter();
        try (Encoder whole =
                Encoder.create(
                        TestTorch.CPU,
                        encoder.architecture(),
                        encoder.head(),
                        encoder.precision(),
                        0)) {
            overwrite(whole.parameters(), States.floats(moco.state(), "query.parameters"));
            overwrite(whole.buffers(), States.floats(moco.state(), "query.buffers"));
            return whole.keyEncoder();
        }
    }

    private static void overwrite(NDArray flat, float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Float.BYTES)
                        .order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        Floats.write(flat, bytes);
    }

    private static Output output(Encoder encoder, NDManager step) {
        SplitMix random = SplitMix.of(11, 0);
        float[] pixels = new float[2 * 3 * Samples.SIDE * Samples.SIDE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.gaussian(i);
        }
        NDArray input = step.create(pixels, new Shape(2, 3, Samples.SIDE, Samples.SIDE));
        return encoder.forward(input, new RowOrder(step, new int[] {0, 1}, 1), Pass.EVALUATION);
    }

    @Test
    void unknownHead_namesWhatTheFileHolds_andTheBackboneIsReadAllTheSame() throws IOException {
        try (Moco moco = Moco.create(Samples.settings(), TestTorch.CPU)) {
            List<NamedTensor> head = new ArrayList<>(moco.head());
            head.add(CheckpointFiles.floats("fc.9.weight", List.of(1L), 1));

            PublishedEncoder read = PublishedEncoder.read(publish(moco, head));

            assertThat(read.head()).isEmpty();
            assertThat(read.unknownHead())
                    .hasValueSatisfying(
                            line ->
                                    assertThat(line)
                                            .contains(
                                                    "head.safetensors is left out",
                                                    "linear, mlp, simclr, moco-v3",
                                                    "fc.2.weight, fc.9.weight")
                                            .doesNotContain("\n"));
            try (Encoder encoder = read.encoder(TestTorch.CPU, Precision.FP32)) {
                assertSame(Backbone.of(encoder, 0), moco.backbone());
            }
        }
    }

    @Test
    void encoder_hasNoHead_whenItsFileIsAbsent_andIsRefused_whenItIsAnothers() throws IOException {
        try (Moco moco = Moco.create(Samples.settings(), TestTorch.CPU)) {
            Path published = publish(moco);
            Path head = published.resolve(PublishedEncoder.HEAD_FILE);
            byte[] bytes = Files.readAllBytes(head);
            Files.delete(head);

            PublishedEncoder read = PublishedEncoder.read(published);

            assertThat(read.head()).isEmpty();
            assertThat(read.unknownHead()).isEmpty();
            try (Encoder encoder = read.encoder(TestTorch.CPU, Precision.FP32)) {
                assertSame(Backbone.of(encoder, 0), moco.backbone());
            }
            bytes[bytes.length - 1] ^= 1;
            Files.write(head, bytes);
            assertThatThrownBy(() -> PublishedEncoder.read(published))
                    .isInstanceOf(MalformedSnapshotException.class)
                    .hasMessageContaining("head.safetensors: expected SHA-256");
        }
    }

    @Test
    void architecture_refusesAStemThatNobodyKnows() throws IOException {
        try (Moco moco = Moco.create(Samples.settings(), TestTorch.CPU)) {
            Path published = publish(moco);
            Path manifest = published.resolve("manifest.json");
            String text = Files.readString(manifest);
            Files.writeString(manifest, text.replace("\"cifar\"", "\"patch16\""));

            PublishedEncoder read = PublishedEncoder.read(published);

            assertThatThrownBy(read::architecture)
                    .isInstanceOf(MalformedSnapshotException.class)
                    .hasMessageContaining("architecture.stem")
                    .hasMessageContaining("imagenet, cifar, patch4, patch8")
                    .hasMessageContaining("patch16");
        }
    }

    private Path publish(Moco moco) throws IOException {
        return publish(moco, moco.head());
    }

    private Path publish(Moco moco, List<NamedTensor> head) throws IOException {
        var settings = Samples.settings();
        var snapshots = new SnapshotDirectory(root);
        StagedSnapshot staged =
                snapshots.stage(
                        new EncoderSnapshot(
                                new Progress("default", moco.steps(), 1, 0, List.of()),
                                Safetensors.encode(moco.backbone(), Map.of("format", "pt")),
                                Safetensors.encode(head, Map.of("format", "pt")),
                                true),
                        new SnapshotDescription(
                                settings.encoder().architecture(),
                                settings.encoder().normalization(),
                                settings.side(),
                                Map.of(),
                                Map.of()),
                        Instant.EPOCH);
        snapshots.publish(staged);
        return Path.of(staged.published());
    }

    private static void assertSame(List<NamedTensor> ours, List<NamedTensor> theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < ours.size(); i++) {
            assertThat(ours.get(i).info()).isEqualTo(theirs.get(i).info());
            assertThat(ours.get(i).data()).as(ours.get(i).name()).isEqualTo(theirs.get(i).data());
        }
    }
}
