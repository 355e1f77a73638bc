package io.millrace.model.moco;

import static io.millrace.model.moco.CheckpointFiles.backbone;
import static io.millrace.model.moco.CheckpointFiles.floats;
import static io.millrace.model.moco.CheckpointFiles.longs;
import static io.millrace.model.moco.CheckpointFiles.moco;
import static io.millrace.model.moco.CheckpointFiles.named;
import static io.millrace.model.moco.CheckpointFiles.values;
import static io.millrace.model.moco.CheckpointFiles.with;
import static io.millrace.model.moco.CheckpointFiles.without;
import static io.millrace.model.moco.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Block;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Head;
import io.millrace.model.snapshot.MalformedSnapshotException;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.TensorInfo;
import io.millrace.model.snapshot.WeightsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a file that training cannot start from. */
class UnfitWeightsTest {

    private static final EncoderSettings ENCODER = Samples.settings().encoder();
    private static final int K = 20;

    @TempDir private Path directory;

    @Test
    void open_namesEveryTensorThatDoesNotFit() throws Exception {
        List<NamedTensor> tensors = backbone(ENCODER, 5);
        tensors = without(tensors, "layer1.0.bn2.running_mean");
        tensors = without(tensors, "layer1.0.bn1.weight");
        tensors = with(tensors, floats("layer9.extra", List.of(1L), 1));
        tensors = with(tensors, floats("layer2.0.bn1.bias", List.of(3L), 1, 2, 3));
        var half = ByteBuffer.allocate(16);
        tensors =
                with(tensors, new NamedTensor("bn1.bias", TensorInfo.Type.F16, List.of(8L), half));

        assertUnfit(tensors)
                .hasMessageContainingAll(
                        directory.resolve("file") + " does not fit the settings in 4 points:",
                        "\n  bn1.bias: expected F32 [8], got F16 [8]; save it as F32",
                        "\n  layer2.0.bn1.bias: expected F32 [16], got F32 [3]; choose",
                        "\n  layer1.0.bn1.weight, layer1.0.bn2.running_mean: expected all tensors of"
                                + " basic blocks 1,1 of width 8 with cifar stem, got none",
                        "\n  layer9.extra: expected only tensors of basic blocks 1,1");
    }

    @Test
    void open_namesTheSettings_whenTheNetworkIsAnother() throws Exception {
        var wider = new Architecture(Block.BASIC, Stem.IMAGENET, 16, List.of(1, 2, 1));

        assertUnfit(backbone(of(wider, ENCODER.head()), 5))
                .hasMessage(
                        directory.resolve("file")
                                + " does not fit the settings: the encoder: expected basic blocks"
                                + " 1,1 of width 8 with cifar stem, got basic blocks 1,2,1 of width"
                                + " 16 with imagenet stem; set encoder.architecture: custom,"
                                + " encoder.stem: imagenet, encoder.block: basic, encoder.width: 16,"
                                + " encoder.blocks: 1,2,1");
    }

    @Test
    void open_namesTheSettings_whenTheNetworkIsAStandardOne() throws Exception {
        assertUnfit(backbone(of(Architecture.resnet18(Stem.CIFAR), ENCODER.head()), 5))
                .hasMessageEndingWith(
                        "got resnet18 with cifar stem; set encoder.architecture: resnet18,"
                                + " encoder.stem: cifar");
    }

    @ParameterizedTest
    @EnumSource(Stem.class)
    void open_namesTheStem_whenItIsAnother(Stem stem) throws Exception {
        var other = new Architecture(Block.BASIC, stem, 16, List.of(1, 2, 1));

        assertUnfit(backbone(of(other, ENCODER.head()), 5))
                .hasMessageContaining("encoder.stem: " + stem.label() + ",");
    }

    @Test
    void open_namesHeadAndQueue_whenACheckpointHasOthers() throws Exception {
        Head other = new Head(Head.Kind.LINEAR, 12);

        assertUnfit(moco(of(ENCODER.architecture(), other), 64, 0, 5))
                .hasMessage(
                        directory.resolve("file")
                                + " does not fit the settings in 3 points:\n"
                                + "  encoder_q.fc.weight: expected head.kind mlp, got linear; set"
                                + " head.kind: linear\n"
                                + "  encoder_q.fc.weight: expected head.dimension 16, got 12; set"
                                + " head.dimension: 12\n"
                                + "  queue: expected contrast.queue-capacity 20, got 64; set"
                                + " contrast.queue-capacity: 64");
    }

    @Test
    void open_namesTheHiddenUnits_whenACheckpointHasOthers() throws Exception {
        Head other = new Head(Head.Kind.MLP, Samples.D, 24, 0);

        assertUnfit(moco(of(ENCODER.architecture(), other), K, 0, 5))
                .hasMessage(
                        directory.resolve("file")
                                + " does not fit the settings: encoder_q.fc.0.weight: expected"
                                + " head.hidden 16, got 24; set head.hidden: 24");
    }

    @Test
    void open_namesThePredictor_whenACheckpointHasAnother() throws Exception {
        Head other = new Head(Head.Kind.MLP, Samples.D, 0, 12);

        assertUnfit(moco(of(ENCODER.architecture(), other), K, 0, 5))
                .hasMessage(
                        directory.resolve("file")
                                + " does not fit the settings: encoder_q.predictor.0.weight:"
                                + " expected head.predictor 0, got 12; set head.predictor: 12");
    }

    @Test
    void open_namesEverySetting_whenTheHeadIsOfAnotherKind() throws Exception {
        Head other = new Head(Head.Kind.SIMCLR, Samples.D, 24, 0);

        assertUnfit(moco(of(ENCODER.architecture(), other), K, 0, 5))
                .hasMessageContainingAll(
                        "in 2 points:",
                        "encoder_q.fc.6.weight: expected head.kind mlp, got simclr; set head.kind:"
                                + " simclr",
                        "encoder_q.fc.0.weight: expected head.hidden 16, got 24");
    }

    @Test
    void open_namesWhatACheckpointLacks() throws Exception {
        List<NamedTensor> tensors = without(moco(ENCODER, K, 0, 5), "queue");
        tensors = without(tensors, "encoder_k.conv1.weight");
        tensors = with(tensors, longs("queue_ptr", List.of(1L, 1L), 0));

        assertUnfit(tensors)
                .hasMessageContainingAll(
                        "in 2 points:",
                        "queue_ptr: expected I64 [1], got I64 [1, 1]",
                        "encoder_k.conv1.weight, queue: expected all tensors of two encoders");
    }

    @Test
    void open_refusesAHeadWithoutItsCheckpoint() throws Exception {
        List<NamedTensor> tensors =
                with(backbone(ENCODER, 5), floats("fc.0.weight", List.of(1L), 1));

        assertUnfit(tensors).hasMessageContaining("fc.0.weight: expected only tensors of");
    }

    @Test
    void open_saysHowManyMore_whenNothingFits() throws Exception {
        List<NamedTensor> tensors = new ArrayList<>();
        for (int i = 10; i < 40; i++) {
            tensors.add(floats("blocks." + i, List.of(1L), 1));
        }

        assertUnfit(tensors)
                .hasMessageContaining("blocks.28, blocks.29 and 10 more: expected only tensors of");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, -1})
    void open_refusesDamagedValues(float value) throws Exception {
        List<NamedTensor> tensors = backbone(ENCODER, 5);
        float[] variances = values(named(tensors, "bn1.running_var"));
        variances[3] = value;

        assertDamaged(with(tensors, floats("bn1.running_var", List.of(8L), variances)))
                .hasMessageContaining("expected variances of bn1.running_var, got " + value);
    }

    @Test
    void open_refusesAQueueWhoseKeysAreNotOfLength1() throws Exception {
        List<NamedTensor> tensors = moco(ENCODER, K, 20, 5);
        float[] queue = values(named(tensors, "queue"));
        for (int i = 0; i < queue.length; i++) {
            queue[i] *= i % K == 7 ? 2 : 1;
        }

        assertDamaged(with(tensors, floats("queue", List.of(16L, 20L), queue)))
                .hasMessageContaining("expected queue_ptr from 0 to 19, got 20; ")
                .hasMessageMatching(".*expected keys of length 1 in queue, got (1.99|2.0).* 7; .*");
    }

    @Test
    void open_refusesAFileThatIsCutOff() throws Exception {
        Path file = directory.resolve("short");
        write(file, backbone(ENCODER, 5));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));

        assertThatThrownBy(() -> open(WeightsFile.of(file)))
                .isInstanceOf(MalformedSnapshotException.class)
                .hasMessageContaining(file + ": not a valid safetensors file: expected ")
                .hasMessageContaining("convert_moco_checkpoint.py");
    }

    @Test
    void open_refusesOtherBytesThanThoseNamed() throws Exception {
        Path file = directory.resolve("moved");
        WeightsFile named = write(file, backbone(ENCODER, 5));
        WeightsFile other = write(file, backbone(ENCODER, 6));
        assertThat(other.path()).isEqualTo(named.path());

        assertThatThrownBy(() -> open(named))
                .isInstanceOf(MalformedSnapshotException.class)
                .hasMessageContaining(named.sha256())
                .hasMessageContaining("got " + other.sha256());
        Files.delete(file);
        assertThatThrownBy(() -> open(named))
                .isInstanceOf(MalformedSnapshotException.class)
                .hasMessageContaining(named.path() + " cannot be read (NoSuchFileException)");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertUnfit(List<NamedTensor> tensors)
            throws IOException {
        WeightsFile file = write(directory.resolve("file"), tensors);
        return assertThatThrownBy(() -> open(file)).isInstanceOf(UnfitWeightsException.class);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertDamaged(List<NamedTensor> tensors)
            throws IOException {
        WeightsFile file = write(directory.resolve("file"), tensors);
        return assertThatThrownBy(() -> open(file)).isInstanceOf(MalformedSnapshotException.class);
    }

    private static void open(WeightsFile file) throws IOException {
        InitialWeights.open(file, ENCODER, Samples.CONTRAST).close();
    }

    private static EncoderSettings of(Architecture architecture, Head head) {
        return new EncoderSettings(
                architecture, head, ENCODER.normalization(), ENCODER.precision());
    }
}
