package io.millrace.job.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplayManifest.Range;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.RunOptions;
import io.millrace.job.settings.SettingsSources;
import io.millrace.model.snapshot.Machine;
import io.millrace.model.snapshot.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a snapshot came about, as its directory says: settings, weights at the start, and what was
 * read, up to which step.
 */
final class RecordedRun {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path snapshot;
    private final JsonNode manifest;

    private RecordedRun(Path snapshot, JsonNode manifest) {
        this.snapshot = snapshot;
        this.manifest = manifest;
    }

    /** The record in a snapshot's directory. */
    static RecordedRun of(Path snapshot) throws IOException {
        return new RecordedRun(snapshot, JSON.readTree(snapshot.resolve("manifest.json").toFile()));
    }

    long step() {
        return manifest.path("step").asLong();
    }

    String bootstrap() {
        return manifest.path("settings").path("kafka.bootstrap").asText();
    }

    /** The settings without the probe, from which nothing is learned. */
    ResolvedSettings settings() {
        Map<String, String> values = new LinkedHashMap<>();
        manifest.path("settings")
                .properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
        values.put(RunOptions.PROBE_ENABLED.key(), "false");
        ResolvedSettings resolved =
                SettingsSources.recorded(values, snapshot.resolve("manifest.json").toString());
        Optional<WeightsFile> parent = parent();
        parent.ifPresent(WeightsFile::verify);
        return parent.isPresent() ? resolved.withInitial(parent.get()) : resolved;
    }

    /** The weights that the run started from, if they were not random. */
    Optional<WeightsFile> parent() {
        JsonNode parent = manifest.path("parent");
        return parent.isMissingNode()
                ? Optional.empty()
                : Optional.of(
                        new WeightsFile(
                                parent.path("file").asText(), parent.path("sha256").asText()));
    }

    /**
     * What was read, in the order in which it was.
     *
     * @throws CommandFailure if that order follows from nothing that is recorded
     */
    ReplayManifest range() {
        JsonNode consumed = manifest.path("consumed");
        Optional<ReplayManifest> frozen = FrozenRange.read(snapshot);
        int epoch = 0;
        Map<Integer, Range> live = new TreeMap<>();
        for (JsonNode range : consumed) {
            epoch = Math.max(epoch, range.path("epoch").asInt());
            int partition = range.path("partition").asInt();
            live.put(
                    partition,
                    new Range(partition, range.path("start").asLong(), range.path("end").asLong()));
        }
        if (frozen.isPresent()) {
            if (epoch >= frozen.get().epochs()) {
                throw cannot("it goes on from its replay with the live stream");
            }
            return frozen.get();
        }
        if (live.size() != 1) {
            throw cannot(
                    "it followed %d partitions live, whose records were taken as they arrived"
                            .formatted(live.size()));
        }
        String topic = consumed.path(0).path("topic").asText();
        return new ReplayManifest(topic, List.copyOf(live.values()), 1, Shuffle.none());
    }

    private CommandFailure cannot(String why) {
        return new CommandFailure(
                ExitCode.USAGE,
                snapshot
                        + " cannot be trained again: "
                        + why
                        + ". What can is a replay, and a live run on one partition");
    }

    /** What the other snapshot, of the same step, has otherwise; a line each. */
    List<String> differences(Path other) throws IOException {
        JsonNode its = of(other).manifest;
        List<String> differences = new ArrayList<>();
        for (String field :
                List.of("weights_sha256", "head_sha256", "queue_sha256", "images", "consumed")) {
            JsonNode expected = manifest.path(field);
            // Snapshots before queues were hashed do not say.
            boolean unsaid = expected.isMissingNode();
            if (!unsaid && !expected.equals(its.path(field))) {
                differences.add(
                        "%s: training again gave another %s: expected %s, the manifest's, got %s"
                                .formatted(snapshot, field, expected, its.path(field)));
            }
        }
        return differences;
    }

    /** What was another program or machine then, which may change the last bits; a line each. */
    List<String> changes() {
        List<String> changes = new ArrayList<>();
        changes("versions", Versions.all(), changes);
        changes("machine", Machine.description(), changes);
        return changes;
    }

    private void changes(String field, Map<String, String> now, List<String> changes) {
        now.forEach(
                (name, value) -> {
                    String then = manifest.path(field).path(name).asText();
                    if (!then.equals(value)) {
                        changes.add("%s was %s then and is %s now".formatted(name, then, value));
                    }
                });
    }
}
