package io.millrace.job.command;

import io.millrace.job.settings.Preset;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.SettingsSources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags by which any command is given settings. */
public final class SettingsFlags {

    /** The labels of the presets, for help and completion. */
    static final class PresetLabels implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Preset.values()).map(Preset::label).iterator();
        }
    }

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            completionCandidates = PresetLabels.class,
            description = "Bundle of settings to begin with: ${COMPLETION-CANDIDATES}.")
    private @Nullable String preset;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file of settings; stronger than the preset.")
    private @Nullable Path config;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            mapFallbackValue = "",
            description = "One setting; stronger than preset and file. Repeatable.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    /**
     * What the flags say, read and checked.
     *
     * @param defaultPreset where the user names none; null for the bare defaults
     * @throws io.millrace.job.settings.SettingsException with all problems
     */
    public ResolvedSettings resolve(@Nullable Preset defaultPreset) {
        return resolve(defaultPreset, Map.of());
    }

    /**
     * The same with what other options of the command say, key to value, which are the strongest.
     *
     * @throws io.millrace.job.settings.SettingsException with all problems
     */
    public ResolvedSettings resolve(
            @Nullable Preset defaultPreset, Map<String, String> otherOptions) {
        String label = preset;
        if (label == null && defaultPreset != null) {
            label = defaultPreset.label();
        }
        Map<String, String> all = new LinkedHashMap<>(overrides);
        all.putAll(otherOptions);
        return new SettingsSources(label, config, all).resolve();
    }

    /** The words that give another command the same settings. */
    List<String> words(Preset defaultPreset) {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("--preset", preset == null ? defaultPreset.label() : preset));
        if (config != null) {
            words.addAll(List.of("--config", config.toString()));
        }
        overrides.forEach((key, value) -> words.add("-D" + key + "=" + value));
        return words;
    }
}
