package io.millrace.job.settings;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The documentation's tables of settings and presets, Markdown. */
public final class SettingsTable {

    private SettingsTable() {}

    /** All settings, then the presets with what they change. */
    public static String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("| Setting | Default | Values | What it is |\n| --- | --- | --- | --- |\n");
        for (Setting<?> setting : Vocabulary.settings()) {
            text.append("| `").append(setting.key());
            text.append("` | `").append(setting.printDefault());
            text.append("` | ").append(setting.expected());
            text.append(" | ").append(setting.description()).append(" |\n");
        }
        text.append("\n| Preset | What it is | Source | Settings |\n| --- | --- | --- | --- |\n");
        for (Preset preset : Preset.values()) {
            text.append("| `").append(preset.label());
            text.append("` | ").append(preset.summary());
            text.append(" | ").append(preset.source());
            text.append(" | ").append(changes(preset)).append(" |\n");
        }
        return text.toString();
    }

    private static String changes(Preset preset) {
        Map<String, String> defaults =
                Vocabulary.settings().stream()
                        .collect(Collectors.toMap(Setting::key, Setting::printDefault));
        Function<ResolvedSettings.Value, String> print = v -> "`" + v.key() + "=" + v.value() + "`";
        String changed =
                SettingsSources.of(preset).resolve().values().stream()
                        .filter(v -> !v.value().equals(defaults.get(v.key())))
                        .map(print)
                        .collect(Collectors.joining(", "));
        return changed.isEmpty() ? "the defaults" : changed;
    }
}
