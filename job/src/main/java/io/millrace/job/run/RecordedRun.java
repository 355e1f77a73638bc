package io.millrace.job.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.connectors.hybrid.HistoryThenLiveSource;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplayManifest.Range;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.RunOptions;
import io.millrace.job.settings.SettingsSources;
import io.millrace.model.snapshot.Machine;
import io.millrace.model.snapshot.WeightsFile;
import io.millrace.model.stream.Frame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.source.Source;

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
        Optional<ReplayManifest> frozen = FrozenRange.read(snapshot);
        List<Range> live = live(frozen.map(ReplayManifest::epochs).orElse(0));
        if (frozen.isPresent()) {
            requireOrder(frozen.get(), live);
            return frozen.get();
        }
        if (live.size() != 1) {
            throw cannot(
                    "it followed %d partitions live, whose records were taken as they arrived"
                            .formatted(live.size()));
        }
        return new ReplayManifest(topic(), live, 1, Shuffle.none());
    }

    /** What was read live is in no order where partitions took turns by chance. */
    private void requireOrder(ReplayManifest history, List<Range> live) {
        if (!live.isEmpty() && (live.size() > 1 || history.ranges().size() > 1)) {
            throw cannot(
                    "it went on from its replay with the live stream of %d partitions"
                            .formatted(Math.max(live.size(), history.ranges().size())));
        }
    }

    /** Reads that, from where the run began. */
    Source<Frame, ?, ?> source(Session session) {
        ReplayManifest range = range();
        List<Range> live = live(range.epochs());
        if (live.isEmpty()) {
            return new ReplaySource(session.connection(), range);
        }
        Map<Integer, Long> ends = session.topics().endOffsets(range.topic());
        for (Range part : live) {
            long end = ends.getOrDefault(part.partition(), 0L);
            if (end < part.end()) {
                throw new CommandFailure(
                        ExitCode.BAD_DATA,
                        "%s: its run read %s-%d up to offset %d, and the topic ends at %d: it is not the topic that was read"
                                .formatted(
                                        snapshot,
                                        range.topic(),
                                        part.partition(),
                                        part.end(),
                                        end));
            }
        }
        Map<Integer, Long> stops =
                live.stream().collect(Collectors.toMap(Range::partition, Range::end));
        return HistoryThenLiveSource.bounded(session.connection(), range, stops);
    }

    private String topic() {
        return manifest.path("consumed").path(0).path("topic").asText();
    }

    /** What was read live: the ranges of an epoch that no history has. */
    private List<Range> live(int epoch) {
        List<Range> live = new ArrayList<>();
        for (JsonNode range : manifest.path("consumed")) {
            if (range.path("epoch").asInt() >= epoch) {
                live.add(
                        new Range(
                                range.path("partition").asInt(),
                                range.path("start").asLong(),
                                range.path("end").asLong()));
            }
        }
        return live;
    }

    private CommandFailure cannot(String why) {
        return new CommandFailure(
                ExitCode.USAGE,
                snapshot
                        + " cannot be trained again: "
                        + why
                        + ". What can is a replay, and what was read live of one partition");
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

    /**
     * What was another program or machine then, which may change the last bits; a line each.
     * PyTorch must have started: how a CPU uses oneDNN is decided then.
     */
    List<String> changes() {
        List<String> changes = new ArrayList<>();
        changes("versions", Versions.all(), changes);
        changes("machine", Machine.description(), changes);
        return changes;
    }

    private void changes(String field, Map<String, String> now, List<String> changes) {
        Map<String, String> then = new TreeMap<>();
        manifest.path(field)
                .properties()
                .forEach(entry -> then.put(entry.getKey(), entry.getValue().asText()));
        var names = new TreeSet<>(then.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            String before = then.getOrDefault(name, "not recorded");
            String after = now.getOrDefault(name, "not set");
            if (!before.equals(after)) {
                changes.add("%s was %s then and is %s now".formatted(name, before, after));
            }
        }
    }
}
