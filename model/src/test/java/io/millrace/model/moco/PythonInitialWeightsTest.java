package io.millrace.model.moco;

import static io.millrace.model.moco.CheckpointFiles.flat;
import static io.millrace.model.parity.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.encoder.RowOrder;
import io.millrace.model.schedule.Schedule;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.Python;
import io.millrace.model.snapshot.Safetensors;
import io.millrace.model.snapshot.WeightsFile;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that Python programs wrote. */
class PythonInitialWeightsTest {

    private static final int K = 96;
    private static final Contrast CONTRAST = new Contrast(K, 0.2, 0.999);
    private static final EncoderSettings RESNET18 =
            new EncoderSettings(
                    Architecture.resnet18(Stem.IMAGENET),
                    new Head(Head.Kind.MLP, 128),
                    Normalization.IMAGENET,
                    Precision.FP32);
    private static final Layout LAYOUT = Layout.of(RESNET18.architecture(), RESNET18.head());

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"torchvision", "timm"})
    void features_areTheProgramsOwn_whenAClassifierIsImported(String program) throws Exception {
        Path weights = directory.resolve("weights.safetensors");
        Path images = directory.resolve("images");
        Path features = directory.resolve("features");
        String modules = "torchvision_models,safetensors" + (program.equals("timm") ? ",timm" : "");
        Python.run(modules, "classifier_features.py", program, weights, images, features);

        TestTorch.CPU.enter();
        try (var initial = InitialWeights.open(WeightsFile.of(weights), RESNET18, CONTRAST);
                Encoder encoder =
                        Encoder.create(
                                TestTorch.CPU,
                                RESNET18.architecture(),
                                RESNET18.head(),
                                Precision.FP32,
                                0);
                NDManager step = TestTorch.CPU.newManager()) {
            initial.copyTo(
                    Map.of(
                            "query.parameters", encoder.parameters(),
                            "query.buffers", encoder.buffers()));
            NDArray input = step.create(floats(images), new Shape(2, 3, 64, 64));
            var order = new RowOrder(step, new int[] {0, 1}, 1);

            assertThat(initial.remarks())
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("1000"));
            assertClose(
                    "features",
                    encoder.forward(input, order, Pass.EVALUATION).features().toFloatArray(),
                    floats(features),
                    1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "legacy"})
    void checkpoint_comesBackToTheBit_throughTheAuthorsLayout(String format) throws Exception {
        Path written = directory.resolve("written.safetensors");
        Path checkpoint = directory.resolve("checkpoint.pth.tar");
        Path converted = directory.resolve("converted.safetensors");
        List<NamedTensor> tensors = CheckpointFiles.moco(RESNET18, K, 64, 5);
        CheckpointFiles.write(written, tensors);

        List<Object> words = new ArrayList<>(List.of(written, checkpoint));
        if (!format.isEmpty()) {
            words.add(format);
        }
        String modules = "torchvision_models,safetensors";
        assertThat(Python.run(modules, "moco_checkpoint.py", words.toArray()))
                .isEqualTo("" + tensors.size());
        assertThat(
                        Python.runForUsers(
                                "torch,safetensors",
                                "convert_moco_checkpoint.py",
                                checkpoint,
                                converted))
                .endsWith("head.kind: mlp, head.dimension: 128, contrast.queue-capacity: 96");

        assertThat(Safetensors.decode(Files.readAllBytes(converted)).tensors())
                .containsExactlyInAnyOrderElementsOf(tensors);
        try (Moco moco = Moco.create(settings(), TestTorch.CPU);
                var initial = InitialWeights.open(WeightsFile.of(converted), RESNET18, CONTRAST)) {
            moco.initialize(initial);

            List<NamedArray> state = moco.state();
            assertThat(States.floats(state, "query.parameters"))
                    .isEqualTo(flat(tensors, "encoder_q.", LAYOUT.parameters()));
            assertThat(States.floats(state, "key.buffers"))
                    .isEqualTo(flat(tensors, "encoder_k.", LAYOUT.buffers()));
            assertThat(moco.enqueued()).isEqualTo(K + 64);
        }
    }

    @Test
    void released_givesTheBackbone_sinceItHasTheQueryEncoderAlone() throws Exception {
        Path written = directory.resolve("written.safetensors");
        Path checkpoint = directory.resolve("checkpoint.pth.tar");
        Path converted = directory.resolve("converted.safetensors");
        List<NamedTensor> tensors = CheckpointFiles.moco(RESNET18, K, 64, 5);
        CheckpointFiles.write(written, tensors);
        Object[] words = {written, checkpoint, "legacy", "released"};
        Python.run("torchvision_models,safetensors", "moco_checkpoint.py", words);

        String said =
                Python.runForUsers(
                        "torch,safetensors", "convert_moco_checkpoint.py", checkpoint, converted);

        List<NamedTensor> backbone = CheckpointFiles.backbone(RESNET18, 5);
        assertThat(said)
                .contains(
                        backbone.size() + " tensors, the backbone by torchvision's names",
                        "module.encoder_q.* alone, of which the head fc.* is left out");
        assertThat(Safetensors.decode(Files.readAllBytes(converted)).tensors())
                .containsExactlyInAnyOrderElementsOf(backbone);
        try (var initial = InitialWeights.open(WeightsFile.of(converted), RESNET18, CONTRAST)) {
            assertThat(initial.taken()).isEqualTo("the backbone of both encoders");
        }
    }

    private static MocoSettings settings() {
        return new MocoSettings(
                RESNET18,
                64,
                4,
                CONTRAST,
                new BatchNormSplits(1, true),
                new Sgd(0.03, 0.9, 1e-4),
                Schedule.CONSTANT,
                0);
    }

    private static float[] floats(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        float[] floats = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(floats);
        return floats;
    }
}
