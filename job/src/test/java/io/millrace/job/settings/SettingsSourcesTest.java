package io.millrace.job.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.connectors.replay.Shuffle;
import io.millrace.model.augment.Recipe;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.moco.BatchNormSplits;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.moco.Sgd;
import io.millrace.model.schedule.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SettingsSourcesTest {

    @TempDir private Path directory;

    /** A block's size decides whose turn it is, so what is not read must not reach the order. */
    @Test
    void resolve_keepsStreamOrder_whenNothingIsShuffled() throws IOException {
        Path file = Files.writeString(directory.resolve("s.yaml"), "source.shuffle.block: 8\n");
        var sources = new SettingsSources(null, file, Map.of("source.shuffle", "none"));

        assertThat(sources.resolve().settings().source().replay().shuffle())
                .isEqualTo(Shuffle.none());
    }

    @Test
    void resolve_givesTheAuthorsCifarDemo_whenPresetIsCifar10Small() {
        Settings settings =
                SettingsSources.of(Preset.CIFAR10_SMALL)
                        .resolve()
                        .settings()
                        .withScheduleSteps(3900);

        MocoSettings moco = settings.moco();

        assertThat(moco.encoder().architecture())
                .isEqualTo(
                        new Architecture(
                                Architecture.Block.BASIC,
                                Architecture.Stem.CIFAR,
                                32,
                                List.of(1, 1, 1, 1)));
        assertThat(moco.encoder().head()).isEqualTo(new Head(Head.Kind.MLP, 128));
        assertThat(moco.encoder().normalization()).isEqualTo(Normalization.CIFAR10);
        assertThat(moco.contrast()).isEqualTo(new Contrast(4096, 0.1, 0.99));
        assertThat(moco.batchNorm()).isEqualTo(new BatchNormSplits(8, true));
        assertThat(moco.optimizer()).isEqualTo(new Sgd(0.03, 0.9, 5e-4));
        assertThat(moco.schedule().kind()).isEqualTo(Schedule.Kind.COSINE);
        assertThat(moco.schedule().steps()).isEqualTo(3900);
        assertThat(moco.side()).isEqualTo(32);
        assertThat(settings.views().blur().probability()).isEqualTo(Recipe.PerView.NEVER);
        assertThat(settings.views().jitter().hue()).isEqualTo(0.1);
    }

    @Test
    void resolve_givesThePublishedRecipe_whenPresetIsMocoV2() {
        Settings settings =
                SettingsSources.of(Preset.MOCO_V2).resolve().settings().withScheduleSteps(1);

        assertThat(settings.moco().encoder().architecture().features()).isEqualTo(2048);
        assertThat(settings.moco().contrast()).isEqualTo(new Contrast(65_536, 0.2, 0.999));
        assertThat(settings.moco().optimizer()).isEqualTo(new Sgd(0.03, 0.9, 1e-4));
        assertThat(settings.views().side()).isEqualTo(224);
        assertThat(settings.views().blur().maxSigma()).isEqualTo(2.0);
    }

    @Test
    void resolve_givesEachViewItsProbability_whenTwoAreGiven() {
        var sources =
                new SettingsSources(
                        "moco-v2",
                        null,
                        Map.of("views.blur.probability", "1.0,0.1", "views.solarize", "0, 0.2"));

        Recipe views = sources.resolve().settings().views();

        assertThat(views.blur().probability()).isEqualTo(new Recipe.PerView(1, 0.1));
        assertThat(views.solarize()).isEqualTo(new Recipe.PerView(0, 0.2));
    }

    @ParameterizedTest
    @EnumSource
    void resolve_accepts_everyPreset(Preset preset) {
        Settings settings = SettingsSources.of(preset).resolve().settings();

        assertThat(settings.withScheduleSteps(10).moco().batchSize()).isPositive();
        assertThat(Preset.named(preset.label())).contains(preset);
    }

    @Test
    void resolve_prefersCommandLineToFileToPreset() throws IOException {
        Path file =
                write(
                        """
                        # nested and dotted keys mean the same
                        training: {batch-size: 128}
                        contrast.temperature: 0.07
                        checkpoint:
                          interval: 5 s
                        """);
        var sources =
                new SettingsSources("cifar10-small", file, Map.of("contrast.temperature", "0.5"));

        ResolvedSettings resolved = sources.resolve();

        assertThat(resolved.settings().learning().contrast().temperature()).isEqualTo(0.5);
        assertThat(resolved.settings().learning().batchSize()).isEqualTo(128);
        assertThat(resolved.settings().output().checkpointInterval())
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(resolved.values())
                .contains(
                        new ResolvedSettings.Value(
                                "contrast.temperature", "0.5", "command line", true),
                        new ResolvedSettings.Value("training.batch-size", "128", file + ":2", true),
                        new ResolvedSettings.Value(
                                "contrast.queue-capacity", "4096", "preset cifar10-small:6", true),
                        new ResolvedSettings.Value("kafka.group", "millrace", "default", true));
        assertThat(resolved.asMap()).hasSameSizeAs(Vocabulary.settings());
    }

    @Test
    void resolve_reportsEverything_whenSeveralSettingsAreWrong() throws IOException {
        Path file =
                write(
                        """
                        training:
                          batch-size: many
                          bath-size: 3
                        views: {side: 0}
                        """);
        var sources =
                new SettingsSources(
                        null, file, Map.of("contrast.temperature", "0", "queueCapacity", "7"));

        SettingsException wrong = catchThrowableOfType(SettingsException.class, sources::resolve);

        assertThat(wrong.problems())
                .extracting(SettingsProblem::toString)
                .containsExactlyInAnyOrder(
                        "training.batch-size = many ("
                                + file
                                + ":2): expected a whole number from 2 to 65536; try 256",
                        "training.bath-size = 3 ("
                                + file
                                + ":3): expected a known key; did you mean training.batch-size?",
                        "views.side = 0 ("
                                + file
                                + ":4): expected a whole number from 1 to 1024; try 224",
                        "contrast.temperature = 0 (command line): expected a number above 0.0 and"
                                + " at most 100.0; try 0.2",
                        "queueCapacity = 7 (command line): expected a known key; did you mean"
                                + " contrast.queue-capacity?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "training.batch-size | 100 | a multiple of batch-norm.splits (8) | try 104",
                "contrast.queue-capacity | 64 | at least training.batch-size (256) | try 4096",
                "views.crop-scale-max | 0.1 | at most views.crop-scale-max (0.1) | try 0.1",
                "kafka.topic.metrics | images | a topic of its own | try millrace-metrics",
                "kafka.topic.images | a b | a Kafka name | try images",
                "kafka.bootstrap | localhost | host:port | try localhost:9092",
                "checkpoint.interval | 3 parsecs | a duration | try 30 s",
                "encoder.stem | vgg | one of imagenet, cifar, patch4, patch8 | try cifar",
                "encoder.blocks | 2,0 | one to 4 positive counts | try 2,2,2,2",
                "views.std | 0.2,0.2,0.2 | views.normalization: explicit | set that, or drop this",
                "schedule.decay | 0.5 | schedule.kind: step or exponential | set that, or drop",
                "schedule.milestones | 0.8,0.6 | rising fractions between 0 and 1 | try 0.6,0.8",
                "contrast.bank.capacity | 9 | contrast.mechanism: memory-bank | set that, or drop",
                "contrast.mechanism | queue | one of momentum-queue, | try momentum-queue",
                "head.predictor | -1 | a whole number from 0 to 65536 | try 0",
                "image.max-bytes | 3 tb | a size | try 32 mb",
                "probe.enabled | yes | true or false | try true",
            })
    void resolve_saysWhatWouldWork_whenOneSettingIsWrong(
            String key, String value, String expected, String remedy) {
        var sources = new SettingsSources("cifar10-small", null, Map.of(key, value));

        assertThatThrownBy(sources::resolve)
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll("expected " + expected, remedy);
    }

    @Test
    void resolve_namesTheNextSide_whenPatchesDoNotFill() {
        Map<String, String> line = Map.of("encoder.stem", "patch8", "views.side", "220");
        var sources = new SettingsSources("photos-small", null, line);

        assertThatThrownBy(sources::resolve)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(
                        "views.side = 220 (command line): expected a multiple of 8, since"
                                + " encoder.stem is patch8; try 224");
    }

    @Test
    void resolve_refusesTheShortestQueue_whereReferencesAreFollowed() {
        Map<String, String> line =
                Map.of(
                        "parallelism.dealing",
                        "shortest-queue",
                        "image.reference.allow",
                        "https://images.example/");
        var sources = new SettingsSources("photos-small", null, line);

        assertThatThrownBy(sources::resolve)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("parallelism.dealing = shortest-queue (command line)")
                .hasMessageContaining("try turns");
    }

    @Test
    void resolve_ignoresAPresetsWidth_whenTheCommandLineNamesAStandardBackbone() {
        var sources =
                new SettingsSources(
                        "cifar10-small", null, Map.of("encoder.architecture", "resnet18"));

        Architecture architecture =
                sources.resolve().settings().learning().encoder().architecture();

        assertThat(architecture.width()).isEqualTo(64);
        assertThat(architecture.stem()).isEqualTo(Architecture.Stem.CIFAR);
    }

    @Test
    void resolve_namesTheLine_whenTheFileIsNoYaml() throws IOException {
        Path file = write("training:\n  batch-size: [1\n");

        assertThatThrownBy(() -> new SettingsSources(null, file, Map.of()).resolve())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(file + ":");
    }

    @Test
    void resolve_refuses_whenAKeyStandsTwice() throws IOException {
        Path file = write("training.seed: 1\ntraining:\n  seed: 2\n");

        assertThatThrownBy(() -> new SettingsSources(null, file, Map.of()).resolve())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("each key once; also at " + file + ":1");
    }

    @Test
    void resolve_refuses_whenPresetOrFileDoNotExist() {
        var sources = new SettingsSources("cifar", directory.resolve("none.yaml"), Map.of());

        SettingsException wrong = catchThrowableOfType(SettingsException.class, sources::resolve);

        assertThat(wrong.problems())
                .extracting(SettingsProblem::key)
                .containsExactly("--preset", "--config");
    }

    @Test
    void moco_refuses_whenNobodyHasSaidTheLengthOfACosine() {
        Settings settings = SettingsSources.of(Preset.CIFAR10_SMALL).resolve().settings();

        assertThat(settings.needsScheduleSteps()).isTrue();
        assertThatThrownBy(settings::moco).hasMessageContaining("schedule.steps");
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("millrace.yaml"), yaml);
    }
}
