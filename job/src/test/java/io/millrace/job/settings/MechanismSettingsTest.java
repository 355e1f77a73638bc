package io.millrace.job.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.encoder.Head;
import io.millrace.model.moco.Contrast.MomentumCourse;
import io.millrace.model.moco.Mechanism;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.moco.Sgd;
import io.millrace.model.schedule.Schedule;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MechanismSettingsTest {

    @Test
    void resolve_givesTheReferencesRecipe_whenPresetIsMocoV3() {
        MocoSettings moco = settings("moco-v3", Map.of("schedule.steps", "31280")).moco();

        assertThat(moco.encoder().head()).isEqualTo(new Head(Head.Kind.MOCO_V3, 256, 4096, 4096));
        assertThat(moco.contrast().mechanism()).isEqualTo(Mechanism.MOMENTUM_BATCH);
        assertThat(moco.contrast().temperature()).isEqualTo(1.0);
        assertThat(moco.contrast().momentum()).isEqualTo(0.99);
        assertThat(moco.contrast().course()).isEqualTo(MomentumCourse.COSINE);
        assertThat(moco.optimizer()).isEqualTo(new Sgd(9.6, 0.9, 1e-6, Sgd.Adaptation.LARS));
        assertThat(moco.schedule().warmupSteps()).isEqualTo(3128);
    }

    /** arXiv:2003.04297, table 1. */
    @ParameterizedTest
    @CsvSource({
        "moco-v1, LINEAR, 0.07, 0.4, 0.0, STEP",
        "moco-v1-mlp, MLP, 0.2, 0.4, 0.0, STEP",
        "moco-v1-aug, LINEAR, 0.07, 0.1, 0.5, STEP",
        "moco-v1-mlp-aug, MLP, 0.2, 0.1, 0.5, STEP",
        "moco-v2, MLP, 0.2, 0.1, 0.5, COSINE",
        "moco-v2-symmetric, MLP, 0.2, 0.1, 0.5, COSINE"
    })
    void resolve_givesARowOfTheAblation(
            String preset,
            Head.Kind head,
            double temperature,
            double hue,
            double blur,
            Schedule.Kind schedule) {
        Settings settings = settings(preset, Map.of("schedule.steps", "1000"));
        MocoSettings moco = settings.moco();

        assertThat(moco.encoder().head()).isEqualTo(new Head(head, 128));
        assertThat(moco.contrast().temperature()).isEqualTo(temperature);
        assertThat(moco.contrast().symmetric()).isEqualTo(preset.endsWith("symmetric"));
        assertThat(moco.schedule().kind()).isEqualTo(schedule);
        assertThat(settings.views().jitter().hue()).isEqualTo(hue);
        assertThat(settings.views().blur().probability().first()).isEqualTo(blur);
        assertThat(moco.optimizer()).isEqualTo(new Sgd(0.03, 0.9, 1e-4));
    }

    @Test
    void resolve_dropsAPresetsPredictor_whenAnotherMechanismIsAskedFor() {
        Settings settings =
                settings(
                        "moco-v3",
                        Map.of("contrast.mechanism", "end-to-end", "schedule.steps", "31280"));

        assertThat(settings.moco().encoder().head().hasPredictor()).isFalse();
    }

    @Test
    void schedule_countsImages_whenExponential() {
        Settings settings =
                settings(
                        "moco-v2",
                        Map.of(
                                "schedule.kind",
                                "exponential",
                                "schedule.decay",
                                "0.9",
                                "schedule.decay-images",
                                "25600"));

        assertThat(settings.needsScheduleSteps()).isFalse();
        assertThat(settings.moco().schedule().decaySteps()).isEqualTo(100);
    }

    @Test
    void run_mustHaveALength_whenMomentumRisesWithIt() {
        Settings settings =
                settings(
                        "moco-v3",
                        Map.of("schedule.kind", "constant", "schedule.warmup-steps", "5"));

        assertThat(settings.needsScheduleSteps()).isTrue();
        assertThatThrownBy(settings::moco).hasMessageContaining("number of steps");
        assertThat(settings.withScheduleSteps(100).moco().schedule().steps()).isEqualTo(100);
    }

    @Test
    void queueCapacity_isNotBoundToTheBatch_whenThereIsNoQueue() {
        Settings settings =
                settings(
                        "memory-bank",
                        Map.of("contrast.queue-capacity", "64", "schedule.steps", "10"));

        assertThat(settings.moco().contrast().queueCapacity()).isEqualTo(64);
    }

    private static Settings settings(String preset, Map<String, String> overrides) {
        return new SettingsSources(preset, null, overrides).resolve().settings();
    }

    @Test
    void resolve_refusesAWarmup_thatTheScheduleNeverLeaves() {
        assertThatThrownBy(() -> settings("moco-v3", Map.of("schedule.steps", "3128")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("schedule.warmup-steps = 3128 (preset moco-v3:")
                .hasMessageContaining("expected fewer than schedule.steps (3128); try 312");
    }
}
