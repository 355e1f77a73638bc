package io.millrace.job.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.schedule.Schedule;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HistoryThenLiveSettingsTest {

    @Test
    void schedule_hasAPhaseForEach_onceTheHistorysLengthIsKnown() {
        Settings settings =
                hybrid(
                        Map.of(
                                "schedule.kind", "cosine",
                                "schedule.live.kind", "exponential",
                                "schedule.live.rate", "0.2",
                                "schedule.live.warmup-steps", "10",
                                "schedule.live.decay", "0.5",
                                "schedule.live.decay-images", "25600"));

        assertThat(settings.source().readsHistory()).isTrue();
        assertThat(settings.source().followsHistory()).isTrue();
        assertThat(settings.needsScheduleSteps()).isTrue();
        assertThatThrownBy(settings::moco).hasMessageContaining("schedule.steps");
        Schedule schedule = settings.withScheduleSteps(1000).moco().schedule();
        assertThat(schedule.kind()).isEqualTo(Schedule.Kind.COSINE);
        assertThat(schedule.factor(999)).isLessThan(1e-5);
        assertThat(schedule.factor(1005)).isEqualTo(0.2 * 0.5);
        assertThat(schedule.factor(1100)).isEqualTo(0.2 * 0.5);
    }

    @Test
    void schedule_isConstantInTheLiveFeed_unlessTold() {
        Schedule schedule = hybrid(Map.of()).withScheduleSteps(10).moco().schedule();

        assertThat(schedule.factor(9)).isEqualTo(1);
        assertThat(schedule.factor(10)).isEqualTo(0.1);
        assertThat(schedule.factor(1_000_000)).isEqualTo(0.1);
    }

    @Test
    void resolve_refuses_whatWouldNotBeRead() {
        assertThatThrownBy(() -> hybrid(Map.of("source.mode", "replay")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("source.start = history-then-live")
                .hasMessageContaining("source.mode is replay, which ends")
                .hasMessageContaining("--then-live");
        assertThatThrownBy(() -> settings(Map.of("schedule.live.rate", "0.5")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("source.start: history-then-live");
        assertThatThrownBy(() -> hybrid(Map.of("schedule.live.decay", "0.5")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("schedule.live.kind: exponential");
    }

    private static Settings hybrid(Map<String, String> overrides) {
        Map<String, String> all = new HashMap<>(overrides);
        all.put("source.start", "history-then-live");
        return settings(all);
    }

    private static Settings settings(Map<String, String> overrides) {
        return new SettingsSources(null, null, overrides).resolve().settings();
    }
}
