package io.millrace.model.snapshot;

import static java.util.Objects.requireNonNull;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Normalization;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What every snapshot of a run says beside its weights.
 *
 * @param side height and width of the views trained on, pixels
 * @param settings every setting of the run, as typed
 * @param range the frozen range that a replay passes over, JSON, as {@code range.json}; null for a
 *     run that follows the stream
 * @param parent the file of weights that the run started from; null for random ones
 * @param versions of what made it, for example {@code millrace}, {@code pytorch}, {@code java}
 */
public record SnapshotDescription(
        Architecture architecture,
        Normalization normalization,
        int side,
        @Nullable String range,
        @Nullable WeightsFile parent,
        Map<String, String> settings,
        Map<String, String> versions)
        implements Serializable {

    public SnapshotDescription {
        requireNonNull(architecture, "architecture");
        requireNonNull(normalization, "normalization");
        if (side < 1) {
            throw new IllegalArgumentException("view side must be positive, got " + side);
        }
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
        versions = Collections.unmodifiableMap(new TreeMap<>(versions));
    }

    /** Of a run that follows the stream and started from random weights. */
    public SnapshotDescription(
            Architecture architecture,
            Normalization normalization,
            int side,
            Map<String, String> settings,
            Map<String, String> versions) {
        this(architecture, normalization, side, null, null, settings, versions);
    }
}
