package io.millrace.job.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a manifest records is read back as it was, whoever had said it. */
class RecordedSettingsTest {

    @ParameterizedTest
    @EnumSource
    void recorded_givesTheSettingsOfEveryPreset(Preset preset) {
        Map<String, String> record = SettingsSources.of(preset).resolve().asMap();

        ResolvedSettings again = SettingsSources.recorded(record, "manifest.json");

        assertThat(again.asMap()).isEqualTo(record);
    }

    /** The preset's steps are left over, and nothing reads them. */
    @Test
    void recorded_passesOverWhatNothingReads() {
        Map<String, String> record =
                new SettingsSources(
                                Preset.MOCO_V1.label(),
                                null,
                                Map.of("schedule.kind", "constant", "training.seed", "9"))
                        .resolve()
                        .asMap();
        assertThat(record).containsEntry("schedule.kind", "constant");

        ResolvedSettings again = SettingsSources.recorded(record, "manifest.json");

        assertThat(again.asMap()).isEqualTo(record);
        assertThat(again.settings().learning().seed()).isEqualTo(9);
    }

    @Test
    void recorded_namesWhatIsNotKnownAnyMore() {
        assertThatThrownBy(() -> SettingsSources.recorded(Map.of("views.tilt", "3"), "m.json"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("views.tilt")
                .hasMessageContaining("m.json");
    }
}
