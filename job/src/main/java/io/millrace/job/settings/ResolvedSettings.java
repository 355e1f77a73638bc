package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

import io.millrace.model.snapshot.WeightsFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * Settings with the history of each value.
 *
 * @param values every setting there is, in the documentation's order
 */
public record ResolvedSettings(Settings settings, List<Value> values) {

    /**
     * One setting as it is in force.
     *
     * @param origin {@code default}, {@code preset NAME:LINE}, {@code FILE:LINE} or {@code command
     *     line}
     * @param read whether anything reads it; a standard backbone leaves {@code encoder.width}
     *     unread
     */
    public record Value(String key, String value, String origin, boolean read) {
        public Value {
            requireNonNull(key, "key");
            requireNonNull(value, "value");
            requireNonNull(origin, "origin");
        }
    }

    public ResolvedSettings {
        requireNonNull(settings, "settings");
        values = List.copyOf(values);
    }

    static ResolvedSettings of(ReadableConfig config, Map<String, Entry> inForce) {
        List<Value> values = new ArrayList<>();
        for (Setting<?> setting : Vocabulary.settings()) {
            Entry entry = inForce.get(setting.key());
            String origin = entry == null ? SettingsSources.DEFAULT : entry.origin();
            boolean read = !IdleRule.isIdle(config, setting.option());
            values.add(new Value(setting.key(), setting.print(config), origin, read));
        }
        return new ResolvedSettings(Settings.from(config), values);
    }

    /** The same with weights to start from. */
    public ResolvedSettings withInitial(WeightsFile weights) {
        return new ResolvedSettings(settings.withInitial(weights), values);
    }

    /** Whether nobody has said anything about the option. */
    public boolean isDefault(ConfigOption<?> option) {
        return values.stream()
                .anyMatch(
                        value ->
                                value.key().equals(option.key())
                                        && value.origin().equals(SettingsSources.DEFAULT));
    }

    /** Key to value, in the documentation's order: what a manifest records. */
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        values.forEach(value -> map.put(value.key(), value.value()));
        return map;
    }
}
