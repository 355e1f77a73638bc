package io.millrace.job.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.connectors.kafka.DeadLetterTopic;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplayManifest.Range;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.ledger.Account.Entry;
import io.millrace.job.ledger.LedgerRow.Part;
import io.millrace.job.run.FrozenRange;
import io.millrace.job.run.Session;
import io.millrace.job.settings.StreamOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the ledger of a run: its last snapshot's counts, its image topic, its dead letters. */
public final class LedgerReader {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path snapshot;
    private final JsonNode manifest;
    private final Account account;
    private final Optional<ReplayManifest> range;

    private LedgerReader(Path snapshot, JsonNode manifest) {
        this.snapshot = snapshot;
        this.manifest = manifest;
        account = Account.of(manifest);
        range = FrozenRange.read(snapshot);
    }

    /**
     * A reader of what was read up to a snapshot.
     *
     * @param snapshot of a run, checked before
     */
    public static LedgerReader of(Path snapshot) throws IOException {
        Path file = snapshot.resolve("manifest.json");
        return new LedgerReader(snapshot, JSON.readTree(file.toFile()));
    }

    /** The brokers that the run read from. */
    public String bootstrap() {
        return setting(StreamOptions.BOOTSTRAP.key());
    }

    /** Reads the topics. */
    public Ledger read(Session session) {
        String images = setting(StreamOptions.IMAGES.key());
        var topic =
                new DeadLetterTopic(
                        session.connection(),
                        session.topics(),
                        setting(StreamOptions.DEAD_LETTERS.key()));
        Letters letters = Letters.of(images, topic);
        var reckoning =
                new Reckoning(
                        account,
                        HeldRecords.read(session.connection(), everythingRead(images)),
                        letters);
        range.ifPresent(frozen -> addReplay(frozen, reckoning));
        account.entries()
                .forEach(
                        (part, entry) -> {
                            if (isLive(part)) {
                                reckoning.addBetween(part, entry.start, entry.end);
                            }
                        });
        return new Ledger(
                snapshot, manifest.path("step").asLong(), reckoning.rows(), letters.repeated());
    }

    private void addReplay(ReplayManifest frozen, Reckoning reckoning) {
        int newest = account.newestEpoch();
        boolean allOver = manifest.path("completed").asBoolean() || newest >= frozen.epochs();
        reckoning.addEpochsOver(frozen, 0, allOver ? frozen.epochs() : Math.max(0, newest));
        if (!allOver && newest >= 0) {
            reckoning.addEpochUnderWay(frozen, newest);
        }
    }

    private boolean isLive(Part part) {
        return range.isEmpty() || part.epoch() >= range.get().epochs();
    }

    /** The frozen range, and what the stream has brought since. */
    private ReplayManifest everythingRead(String images) {
        Map<Integer, Range> ranges = new TreeMap<>();
        range.ifPresent(frozen -> frozen.ranges().forEach(r -> ranges.put(r.partition(), r)));
        account.entries()
                .forEach(
                        (part, entry) -> {
                            if (isLive(part)) {
                                ranges.merge(
                                        part.partition(), range(part, entry), LedgerReader::union);
                            }
                        });
        return new ReplayManifest(images, List.copyOf(ranges.values()), 1, Shuffle.none());
    }

    private static Range range(Part part, Entry entry) {
        return new Range(part.partition(), entry.start, entry.end);
    }

    private static Range union(Range one, Range other) {
        return new Range(
                one.partition(),
                Math.min(one.start(), other.start()),
                Math.max(one.end(), other.end()));
    }

    private String setting(String key) {
        return manifest.path("settings").path(key).asText();
    }
}
