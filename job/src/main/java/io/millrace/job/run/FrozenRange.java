package io.millrace.job.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.settings.ReplayOptions;
import io.millrace.job.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What a run over a topic's history reads, fixed at its first start in {@code range.json}: going on
 * later must neither see records that came since nor change the schedule.
 */
public final class FrozenRange {

    /** The rule by which epochs end stands beside the range: a replay's reader does without. */
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private static final String FILE = "range.json";
    private static final String EPOCH_END = "epochEnd";
    private static final String THEN_LIVE = "thenLive";

    private FrozenRange() {}

    /**
     * The range that an earlier start fixed.
     *
     * @param directory a run's output, or one of its snapshots
     */
    public static Optional<ReplayManifest> read(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), ReplayManifest.class));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " is not a range that this program wrote", e);
        }
    }

    /** The range that an earlier start fixed, or what the settings ask for; fixes nothing. */
    public static ReplayManifest readOrFreeze(Path directory, Topics topics, Settings settings) {
        return read(directory).orElseGet(() -> freeze(topics, settings));
    }

    /**
     * What the settings ask for, as the topic is now.
     *
     * @throws CommandFailure if they name offsets that the topic does not have
     */
    public static ReplayManifest freeze(Topics topics, Settings settings) {
        Settings.Replay replay = settings.source().replay();
        try {
            return ReplayManifest.freeze(
                            topics,
                            settings.kafka().images(),
                            replay.bounds(),
                            replay.epochs(),
                            replay.shuffle())
                    .within(replay.windowBytes(), KafkaConnection.to(settings.kafka().bootstrap()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.BAD_DATA,
                    e.getMessage()
                            + "; change "
                            + ReplayOptions.FROM.key()
                            + " or "
                            + ReplayOptions.TO.key(),
                    e);
        }
    }

    /**
     * A range that an earlier start fixed must be what the settings ask for still.
     *
     * @throws CommandFailure if it is not, with both
     */
    public static void requireAgreement(ReplayManifest range, Settings settings, Path out) {
        Settings.Replay replay = settings.source().replay();
        String fixed =
                describe(range.topic(), range.epochs(), range.shuffle()) + recordedRules(out);
        String asked =
                describe(settings.kafka().images(), replay.epochs(), replay.shuffle())
                        + rules(settings);
        if (!fixed.equals(asked)) {
            throw new CommandFailure(
                    ExitCode.BAD_CONFIGURATION,
                    "%s was fixed at the run's first start for %s, and the settings now say %s; use the first ones to go on with it, or choose another --out"
                            .formatted(out.resolve(FILE), fixed, asked));
        }
    }

    /** Without the sizes of blocks and windows: freezing may have made them smaller. */
    private static String describe(String topic, int epochs, Shuffle shuffle) {
        return "%d epochs of topic %s, shuffle %s with seed %d"
                .formatted(epochs, topic, shuffle.kind(), shuffle.seed());
    }

    private static String rules(Settings settings) {
        return rules(
                settings.source().replay().epochEnd().name(), settings.source().followsHistory());
    }

    private static String rules(String epochEnd, boolean thenLive) {
        return ", epochs that end by %s, then %s"
                .formatted(epochEnd, thenLive ? "live" : "nothing");
    }

    private static String recordedRules(Path out) {
        try {
            JsonNode json = JSON.readTree(out.resolve(FILE).toFile());
            return rules(json.path(EPOCH_END).asText(), json.path(THEN_LIVE).asBoolean());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The range as a file says it, with all that decides the order and the end of its epochs. */
    static String text(ReplayManifest range, Settings settings) {
        ObjectNode json = JSON.valueToTree(range);
        json.put(EPOCH_END, settings.source().replay().epochEnd().name());
        json.put(THEN_LIVE, settings.source().followsHistory());
        try {
            return JSON.writeValueAsString(json) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values is always JSON", e);
        }
    }

    /** Fixes the range for later starts, in one move. */
    public static void write(Path directory, ReplayManifest range, Settings settings) {
        Path file = directory.resolve(FILE);
        try {
            Files.createDirectories(directory);
            Path whole = file.resolveSibling(FILE + ".new");
            Files.writeString(whole, text(range, settings));
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
