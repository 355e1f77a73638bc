package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Where settings come from, the weakest first: the defaults, a preset, a YAML file, the command
 * line.
 *
 * @param preset label of a {@link Preset}; null for none
 * @param file YAML, nested or with dotted keys; null for none
 * @param overrides key to value, as {@code -D} gives them
 */
public record SettingsSources(
        @Nullable String preset, @Nullable Path file, Map<String, String> overrides) {

    static final String DEFAULT = "default";
    static final String COMMAND_LINE = "command line";
    private static final int PRESET_RANK = 1;
    private static final int FILE_RANK = 2;
    private static final int COMMAND_LINE_RANK = 3;

    public SettingsSources {
        requireNonNull(overrides, "overrides");
        overrides = new LinkedHashMap<>(overrides);
    }

    public static SettingsSources of(Preset preset) {
        return new SettingsSources(preset.label(), null, Map.of());
    }

    /**
     * Settings as a snapshot's manifest has recorded them: all there are, read or not.
     *
     * @param origin of the record, for messages
     * @throws SettingsException with all problems, such as a setting that is not known any more
     */
    public static ResolvedSettings recorded(Map<String, String> values, String origin) {
        List<Entry> entries = new ArrayList<>();
        values.forEach(
                (key, value) -> {
                    entries.add(new Entry(key, value, origin, PRESET_RANK + IdleRule.rank(key)));
                });
        return resolve(entries, new ArrayList<>());
    }

    /**
     * Reads, checks and resolves everything.
     *
     * @throws SettingsException with all problems
     */
    public ResolvedSettings resolve() {
        List<SettingsProblem> problems = new ArrayList<>();
        return resolve(entries(problems), problems);
    }

    private static ResolvedSettings resolve(List<Entry> entries, List<SettingsProblem> problems) {
        Map<String, Entry> inForce = new LinkedHashMap<>();
        Configuration config = new Configuration();
        for (Entry entry : entries) {
            Vocabulary.find(entry.key())
                    .ifPresentOrElse(
                            setting -> accept(setting, entry, config, inForce, problems),
                            () -> problems.add(unknown(entry)));
        }
        Agreement.check(config, inForce, problems);
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return ResolvedSettings.of(config, inForce);
    }

    /** A value too weak to be in force is checked all the same: a slip there is still a slip. */
    private static void accept(
            Setting<?> setting,
            Entry entry,
            Configuration config,
            Map<String, Entry> inForce,
            List<SettingsProblem> problems) {
        if (setting.put(entry.value(), config)) {
            inForce.put(entry.key(), entry);
            return;
        }
        problems.add(
                new SettingsProblem(
                        entry.key(),
                        entry.value().isEmpty() ? "\"\"" : entry.value(),
                        entry.origin(),
                        setting.expected(),
                        "try " + setting.example()));
    }

    private static SettingsProblem unknown(Entry entry) {
        return new SettingsProblem(
                entry.key(),
                entry.value(),
                entry.origin(),
                "a known key",
                "did you mean " + Vocabulary.nearest(entry.key()) + "?");
    }

    /** The weakest source first. */
    private List<Entry> entries(List<SettingsProblem> problems) {
        List<Entry> entries = new ArrayList<>();
        if (preset != null) {
            Preset.named(preset)
                    .ifPresentOrElse(
                            known -> entries.addAll(read(known, problems)),
                            () -> problems.add(unknownPreset(preset)));
        }
        if (file != null) {
            entries.addAll(read(file, problems));
        }
        overrides.forEach(
                (key, value) ->
                        entries.add(new Entry(key, value, COMMAND_LINE, COMMAND_LINE_RANK)));
        return entries;
    }

    private static SettingsProblem unknownPreset(String label) {
        String known =
                Arrays.stream(Preset.values()).map(Preset::label).collect(Collectors.joining(", "));
        return new SettingsProblem(
                "--preset",
                label,
                COMMAND_LINE,
                "one of " + known,
                "try " + Preset.CIFAR10_SMALL.label());
    }

    private static List<Entry> read(Preset preset, List<SettingsProblem> problems) {
        String resource = preset.resource();
        try (InputStream in = SettingsSources.class.getResourceAsStream(resource)) {
            YamlSource yaml = new YamlSource("preset " + preset.label(), PRESET_RANK, problems);
            return yaml.read(requireNonNull(in, resource));
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    private static List<Entry> read(Path file, List<SettingsProblem> problems) {
        try (InputStream in = Files.newInputStream(file)) {
            return new YamlSource(file.toString(), FILE_RANK, problems).read(in);
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException ? "there is no such file" : e.toString();
            problems.add(
                    new SettingsProblem(
                            "--config",
                            file.toString(),
                            COMMAND_LINE,
                            "a readable YAML file",
                            why));
            return List.of();
        }
    }
}
