package io.millrace.model.moco;

import static io.millrace.model.moco.CheckpointFiles.backbone;
import static io.millrace.model.moco.CheckpointFiles.flat;
import static io.millrace.model.moco.CheckpointFiles.moco;
import static io.millrace.model.moco.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.WeightsFile;
import io.millrace.model.torch.TestTorch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a learner takes from a file, by its mechanism and its head. */
class MechanismWeightsTest {

    private static final Head PLAIN = new Head(Head.Kind.MLP, Samples.D);
    private static final Head PREDICTING = new Head(Head.Kind.MLP, Samples.D, 0, 12);

    /** Of the file; the settings have another. */
    private static final int K = 64;

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MOMENTUM_BATCH | both encoders and their heads | left out queue, queue_ptr:"
                        + " contrast.mechanism momentum-batch has no queue",
                "END_TO_END | the query encoder and its head | left out encoder_k.*, queue,"
                        + " queue_ptr: contrast.mechanism end-to-end has no key encoder and no queue",
                "MEMORY_BANK | the query encoder and its head | left out encoder_k.*, queue,"
                        + " queue_ptr: contrast.mechanism memory-bank has no key encoder and no queue"
            })
    void initialize_takesOfACheckpointWhatTheMechanismHas(
            Mechanism mechanism, String taken, String leftOut) throws Exception {
        MocoSettings settings = settings(mechanism, PLAIN);
        List<NamedTensor> tensors = moco(settings.encoder(), K, 3, 5);
        WeightsFile file = write(directory.resolve("file"), tensors);
        try (Moco moco = Moco.create(settings, TestTorch.CPU);
                var weights = InitialWeights.open(file, settings.encoder(), settings.contrast())) {
            assertThat(weights.taken()).isEqualTo(taken);
            assertThat(weights.remarks()).containsExactly(leftOut);

            moco.initialize(weights);

            assertSame(moco, "query", tensors, "encoder_q.", layout(PLAIN));
            if (mechanism.hasKeyEncoder()) {
                assertSame(moco, "key", tensors, "encoder_k.", layout(PLAIN));
            }
            moco.step(Samples.views(0), Samples.views(1), new long[] {0, 1, 2, 3, 4, 5, 6, 7});
            assertThat(moco.takeStatistics().loss()).isFinite();
        }
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void taken_isTheBackbone_whenTheFileHasNoMore(Mechanism mechanism) throws Exception {
        MocoSettings settings = settings(mechanism, PLAIN);
        WeightsFile file = write(directory.resolve("file"), backbone(settings.encoder(), 5));
        try (var weights = InitialWeights.open(file, settings.encoder(), settings.contrast())) {
            assertThat(weights.taken())
                    .isEqualTo(
                            mechanism.hasKeyEncoder()
                                    ? "the backbone of both encoders"
                                    : "the backbone of the encoder");
            assertThat(weights.remarks()).isEmpty();
        }
    }

    @Test
    void open_asksForTheQueryEncoderAlone_whenTheMechanismHasNoMore() throws Exception {
        MocoSettings settings = settings(Mechanism.END_TO_END, PLAIN);
        List<NamedTensor> query =
                moco(settings.encoder(), K, 3, 5).stream()
                        .filter(tensor -> tensor.name().startsWith("encoder_q."))
                        .toList();
        WeightsFile file = write(directory.resolve("file"), query);
        try (var weights = InitialWeights.open(file, settings.encoder(), settings.contrast())) {
            assertThat(weights.remarks()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MOMENTUM_QUEUE", "MOMENTUM_BATCH"})
    void initialize_keepsThePredictorOfTheSeed_whenTheFileHasNone(Mechanism mechanism)
            throws Exception {
        MocoSettings settings = settings(mechanism, PREDICTING);
        List<NamedTensor> tensors = moco(settings(mechanism, PLAIN).encoder(), 20, 3, 5);
        WeightsFile file = write(directory.resolve("file"), tensors);
        try (Moco moco = Moco.create(settings, TestTorch.CPU);
                Moco random = Moco.create(settings, TestTorch.CPU);
                var weights = InitialWeights.open(file, settings.encoder(), settings.contrast())) {
            assertThat(weights.taken()).startsWith("both encoders").doesNotContain("predictor");
            assertThat(weights.remarks())
                    .contains(
                            "the file has no encoder_q.predictor.*: the predictor starts from the"
                                    + " seed");

            moco.initialize(weights);

            assertSame(moco, "key", tensors, "encoder_k.", layout(PLAIN));
            for (String kind : List.of("parameters", "buffers")) {
                float[] query = States.floats(moco.state(), "query." + kind);
                float[] seeds = States.floats(random.state(), "query." + kind);
                float[] files = values(tensors, "encoder_q.", layout(PLAIN), kind);
                int shared = files.length;
                assertThat(Arrays.copyOf(query, shared)).isEqualTo(files);
                assertThat(Arrays.copyOfRange(query, shared, query.length))
                        .isEqualTo(Arrays.copyOfRange(seeds, shared, seeds.length))
                        .isNotEmpty();
            }
        }
    }

    @Test
    void initialize_takesThePredictor_whenTheFileHasIt() throws Exception {
        MocoSettings settings = settings(Mechanism.MOMENTUM_BATCH, PREDICTING);
        List<NamedTensor> tensors = moco(settings.encoder(), K, 3, 5);
        WeightsFile file = write(directory.resolve("file"), tensors);
        try (Moco moco = Moco.create(settings, TestTorch.CPU);
                var weights = InitialWeights.open(file, settings.encoder(), settings.contrast())) {
            assertThat(weights.taken()).isEqualTo("both encoders, their heads and the predictor");

            moco.initialize(weights);

            assertSame(moco, "query", tensors, "encoder_q.", layout(PREDICTING));
            assertSame(moco, "key", tensors, "encoder_k.", layout(PLAIN));
        }
    }

    private static void assertSame(
            Moco moco, String encoder, List<NamedTensor> file, String prefix, Layout layout) {
        for (String kind : List.of("parameters", "buffers")) {
            assertThat(States.floats(moco.state(), encoder + "." + kind))
                    .isEqualTo(values(file, prefix, layout, kind));
        }
    }

    private static float[] values(
            List<NamedTensor> file, String prefix, Layout layout, String kind) {
        boolean parameters = kind.equals("parameters");
        return flat(file, prefix, parameters ? layout.parameters() : layout.buffers());
    }

    private static Layout layout(Head head) {
        return Layout.of(Samples.settings().encoder().architecture(), head);
    }

    private static MocoSettings settings(Mechanism mechanism, Head head) {
        return Samples.settings(
                head,
                new Contrast(
                        mechanism,
                        20,
                        0.2,
                        0.9,
                        Contrast.MomentumCourse.CONSTANT,
                        false,
                        new Contrast.Bank(64, 0.5)));
    }
}
