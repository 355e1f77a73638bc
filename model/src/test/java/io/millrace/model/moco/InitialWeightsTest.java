package io.millrace.model.moco;

import static io.millrace.model.moco.CheckpointFiles.backbone;
import static io.millrace.model.moco.CheckpointFiles.flat;
import static io.millrace.model.moco.CheckpointFiles.floats;
import static io.millrace.model.moco.CheckpointFiles.moco;
import static io.millrace.model.moco.CheckpointFiles.with;
import static io.millrace.model.moco.CheckpointFiles.write;
import static io.millrace.model.moco.Samples.steps;
import static io.millrace.model.moco.Samples.views;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.encoder.Layout;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.WeightsFile;
import io.millrace.model.torch.TestTorch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitialWeightsTest {

    private static final MocoSettings SETTINGS = Samples.settings();
    private static final EncoderSettings ENCODER = SETTINGS.encoder();
    private static final int K = SETTINGS.contrast().queueCapacity();
    private static final int D = ENCODER.head().dimension();
    private static final Layout LAYOUT = Layout.of(ENCODER.architecture(), ENCODER.head());

    @TempDir private Path directory;

    @Test
    void initialize_startsBothEncodersFromABackbone_andKeepsTheHeadsOfTheSeed() throws Exception {
        List<NamedTensor> tensors = backbone(ENCODER, 5);
        try (Moco random = Moco.create(SETTINGS, TestTorch.CPU);
                Moco moco = initialized(tensors)) {
            float[] query = States.floats(moco.state(), "query.parameters");
            int backbone = Math.toIntExact(Layout.size(backboneParameters()));

            assertThat(Arrays.copyOf(query, backbone))
                    .isEqualTo(flat(tensors, "", backboneParameters()));
            assertThat(Arrays.copyOfRange(query, backbone, query.length))
                    .isEqualTo(
                            Arrays.copyOfRange(
                                    States.floats(random.state(), "query.parameters"),
                                    backbone,
                                    query.length));
            assertThat(States.floats(moco.state(), "key.parameters")).isEqualTo(query);
            for (String buffers : List.of("query.buffers", "key.buffers")) {
                assertThat(States.floats(moco.state(), buffers))
                        .isEqualTo(flat(tensors, "", LAYOUT.buffers()));
            }
            assertThat(moco.queueRows(0, K)).isEqualTo(random.queueRows(0, K));
            assertThat(moco.enqueued()).isZero();
            assertThat(moco.steps()).isZero();
        }
    }

    @Test
    void initialize_takesOverBothEncodersAndTheQueue_fromAMocoCheckpoint() throws Exception {
        List<NamedTensor> tensors = moco(ENCODER, K, 16, 5);
        try (Moco moco = initialized(tensors)) {
            List<NamedArray> state = moco.state();
            assertThat(States.floats(state, "query.parameters"))
                    .isEqualTo(flat(tensors, "encoder_q.", LAYOUT.parameters()));
            assertThat(States.floats(state, "query.buffers"))
                    .isEqualTo(flat(tensors, "encoder_q.", LAYOUT.buffers()));
            assertThat(States.floats(state, "key.parameters"))
                    .isEqualTo(flat(tensors, "encoder_k.", LAYOUT.parameters()));
            assertThat(States.floats(state, "key.buffers"))
                    .isEqualTo(flat(tensors, "encoder_k.", LAYOUT.buffers()));
            float[] columns = CheckpointFiles.values(CheckpointFiles.named(tensors, "queue"));
            float[] rows = moco.queueRows(0, K);
            for (int i = 0; i < rows.length; i++) {
                assertThat(rows[i]).isEqualTo(columns[i % D * K + i / D]);
            }
        }
    }

    @Test
    void step_overwritesTheKeysAtTheCheckpointsPointer() throws Exception {
        try (Moco moco = initialized(moco(ENCODER, K, 16, 5))) {
            float[] before = moco.queueRows(0, K);
            assertThat(moco.enqueued() % K).isEqualTo(16);

            steps(moco, 0, 1); // 8 keys: slots 16 to 19, then 0 to 3

            float[] after = moco.queueRows(0, K);
            for (int slot = 0; slot < K; slot++) {
                boolean same =
                        Arrays.equals(
                                before, slot * D, slot * D + D, after, slot * D, slot * D + D);
                assertThat(same).as("slot %d", slot).isEqualTo(slot >= 4 && slot < 16);
            }
        }
    }

    @Test
    void untrainedFeatures_areThoseOfTheWeightsStartedFrom_alsoAfterRestore() throws Exception {
        List<NamedTensor> tensors = backbone(ENCODER, 5);
        float[] atTheStart;
        try (Moco random = Moco.create(SETTINGS, TestTorch.CPU);
                Moco moco = initialized(tensors)) {
            atTheStart = moco.untrainedFeatures(views(0));
            assertThat(random.untrainedFeatures(views(0))).isNotEqualTo(atTheStart);
        }

        List<NamedArray> state;
        try (Moco moco = initialized(tensors)) {
            moco.step(views(0), views(1));
            assertThat(moco.features()).isEqualTo(atTheStart);
            steps(moco, 1, 3);
            assertThat(moco.untrainedFeatures(views(0))).isEqualTo(atTheStart);
            state = moco.state();
        }
        try (Moco restored = initialized(tensors)) {
            restored.restore(state);
            assertThat(restored.untrainedFeatures(views(0))).isEqualTo(atTheStart);
            assertThat(States.floats(restored.state(), "query.parameters"))
                    .isEqualTo(States.floats(state, "query.parameters"));
        }
    }

    @Test
    void open_leavesOutAClassifier_andSaysSo() throws Exception {
        List<NamedTensor> plain = backbone(ENCODER, 5);
        int features = ENCODER.architecture().features();
        List<NamedTensor> classifier =
                with(
                        with(plain, floats("fc.bias", List.of(10L), new float[10])),
                        floats(
                                "fc.weight",
                                List.of(10L, (long) features),
                                new float[10 * features]));

        WeightsFile file = write(directory.resolve("classifier"), classifier);
        try (var weights = InitialWeights.open(file, ENCODER, SETTINGS.contrast())) {
            assertThat(weights.remarks())
                    .singleElement()
                    .satisfies(
                            line ->
                                    assertThat(line)
                                            .contains("fc.weight and fc.bias", "of 10 classes"));
        }
        try (Moco one = initialized(classifier);
                Moco other = initialized(plain)) {
            assertThat(States.fingerprint(one, K)).isEqualTo(States.fingerprint(other, K));
        }
    }

    @Test
    void open_takesFilesWithoutCounters() throws Exception {
        List<NamedTensor> tensors =
                backbone(ENCODER, 5).stream()
                        .filter(tensor -> !tensor.name().endsWith("num_batches_tracked"))
                        .toList();

        try (Moco moco = initialized(tensors)) {
            assertThat(States.floats(moco.state(), "query.buffers"))
                    .isEqualTo(flat(tensors, "", LAYOUT.buffers()));
        }
    }

    @Test
    void initialize_leavesNothingBehind() throws Exception {
        WeightsFile file = write(directory.resolve("file"), moco(ENCODER, K, 0, 5));
        int before = TestTorch.CPU.liveArrays();
        try (Moco moco = Moco.create(SETTINGS, TestTorch.CPU);
                var weights = InitialWeights.open(file, ENCODER, SETTINGS.contrast())) {
            int random = TestTorch.CPU.liveArrays();
            moco.initialize(weights);
            // The untrained encoder's two.
            assertThat(TestTorch.CPU.liveArrays()).isEqualTo(random + 2);
        }
        assertThat(TestTorch.CPU.liveArrays()).isEqualTo(before);
    }

    @Test
    void training_isTheSame_whenItStartsTwiceFromTheSameFile() throws Exception {
        List<NamedTensor> tensors = moco(ENCODER, K, 3, 5);
        String first;
        try (Moco moco = initialized(tensors)) {
            steps(moco, 0, 3);
            first = States.fingerprint(moco, K);
        }
        try (Moco moco = initialized(with(tensors, tensors.get(0)))) {
            steps(moco, 0, 3);
            assertThat(States.fingerprint(moco, K)).isEqualTo(first);
        }
    }

    private Moco initialized(List<NamedTensor> tensors) throws Exception {
        WeightsFile file = write(directory.resolve("initial.safetensors"), tensors);
        Moco moco = Moco.create(SETTINGS, TestTorch.CPU);
        try (var weights = InitialWeights.open(file, ENCODER, SETTINGS.contrast())) {
            moco.initialize(weights);
        }
        return moco;
    }

    private static List<Layout.Entry> backboneParameters() {
        return LAYOUT.parameters().stream().filter(entry -> !entry.isHead()).toList();
    }
}
