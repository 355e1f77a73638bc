package io.millrace.job.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.job.broker.DirectoryLock;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.settings.Setting;
import io.millrace.job.settings.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where a run keeps everything: {@code run.json} (what it is), {@code broker/}, {@code
 * checkpoints/}, {@code snapshots/}, {@code metrics.jsonl} and, when it has ended, {@code
 * summary.json}. The same command with the same directory goes on where the last one stopped.
 */
public final class RunDirectory implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String IDENTITY = "run.json";

    /** Settings that a refusal names. */
    private static final int MOST_NAMED = 3;

    /** What a directory holds before its run begins: ingested records, and the log. */
    private static final Set<String> MAY_COME_BEFORE =
            Set.of("broker", "loading", "lock", "millrace.log");

    private final Path root;
    private final Map<String, String> identity;
    private final DirectoryLock lock;

    private RunDirectory(Path root, Map<String, String> identity, DirectoryLock lock) {
        this.root = root;
        this.identity = identity;
        this.lock = lock;
    }

    /**
     * Opens the directory of this run, or checks that one can begin in it. No other process can
     * until this is closed.
     *
     * @param identity what makes the run this one, by name: command, data, settings
     * @throws CommandFailure if it holds another run, naming what differs, or is in use
     */
    public static RunDirectory open(Path root, Map<String, String> identity) {
        Path absolute = root.toAbsolutePath().normalize();
        try {
            if (Files.exists(absolute.resolve(IDENTITY))) {
                requireSame(absolute, identity);
            } else {
                requireUnused(absolute);
            }
            return new RunDirectory(
                    absolute, Map.copyOf(identity), DirectoryLock.take(absolute, "run"));
        } catch (IllegalStateException inUse) {
            throw new CommandFailure(ExitCode.FAILURE, "" + inUse.getMessage(), inUse);
        } catch (IOException | UncheckedIOException e) {
            throw new CommandFailure(
                    ExitCode.FAILURE, root + ": cannot be used as output directory: " + e, e);
        }
    }

    public Path root() {
        return root;
    }

    public Path broker() {
        return root.resolve("broker");
    }

    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    public Path snapshots() {
        return root.resolve("snapshots");
    }

    public Path metrics() {
        return root.resolve("metrics.jsonl");
    }

    public Path summary() {
        return root.resolve("summary.json");
    }

    /** The newest complete checkpoint or savepoint, if there is one. */
    public Optional<Path> newestCheckpoint() {
        List<Path> candidates = new ArrayList<>();
        for (Path entry : list(checkpoints())) {
            // A savepoint, or a job's directory of checkpoints.
            candidates.add(entry);
            candidates.addAll(list(entry));
        }
        return candidates.stream()
                .filter(directory -> Files.exists(directory.resolve("_metadata")))
                .max(
                        Comparator.comparing((Path d) -> modified(d.resolve("_metadata")))
                                .thenComparing(Path::toString));
    }

    /** What a directory holds; nothing if it is being deleted while we look. */
    private static List<Path> list(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (NoSuchFileException | NotDirectoryException gone) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the directory this run's, once everything that can be checked has been. */
    public void begin() {
        if (!Files.exists(identityFile())) {
            writeJson(identityFile(), identity);
        }
        try {
            Files.deleteIfExists(loading());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Readies the embedded broker for files to be loaded. A loading that was broken off is begun
     * anew, since its records cannot be told from those still to come.
     *
     * @throws CommandFailure if the broker holds what somebody else put there
     */
    public void beginLoading() {
        try {
            if (Files.exists(broker()) && !Files.exists(loading())) {
                throw new CommandFailure(
                        ExitCode.BAD_CONFIGURATION,
                        broker()
                                + " holds topics of its own; train on them without --source, or"
                                + " choose another --out");
            }
            EmbeddedBroker.discard(broker());
            Files.createDirectories(root);
            Files.writeString(loading(), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Is there while files are being loaded into the embedded broker. */
    private Path loading() {
        return root.resolve("loading");
    }

    /** When the file was written, milliseconds since 1970. */
    static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            // Checkpoints are deleted while we look: such a one is not the newest.
            return Long.MIN_VALUE;
        }
    }

    /** Replaces a JSON file of this directory in one move. */
    public void writeJson(Path file, Object value) {
        JsonFile.write(file, value);
    }

    private static void requireUnused(Path root) throws IOException {
        if (Files.isDirectory(root)) {
            try (Stream<Path> entries = Files.list(root)) {
                if (!entries.allMatch(
                        entry -> MAY_COME_BEFORE.contains("" + entry.getFileName()))) {
                    throw new CommandFailure(
                            ExitCode.BAD_CONFIGURATION,
                            root
                                    + ": expected a new or empty directory, or one of this run, but"
                                    + " it holds other files; choose another --out");
                }
            }
        }
    }

    /** What the run of a directory is, by name; nothing where none has begun there. */
    public static Map<String, String> identity(Path root) {
        Path file = root.resolve(IDENTITY);
        Map<String, String> identity = new LinkedHashMap<>();
        if (Files.exists(file)) {
            try {
                JSON.readTree(file.toFile())
                        .properties()
                        .forEach(entry -> identity.put(entry.getKey(), entry.getValue().asText()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return identity;
    }

    private static void requireSame(Path root, Map<String, String> identity) {
        Map<String, String> before = identity(root);
        var names = new TreeSet<>(before.keySet());
        names.addAll(identity.keySet());
        names.removeIf(
                name -> before.getOrDefault(name, "").equals(identity.getOrDefault(name, "")));
        // Settings that the version which began the run did not have.
        names.removeIf(
                name ->
                        !before.containsKey(name)
                                && Vocabulary.find(name)
                                        .map(Setting::printDefault)
                                        .equals(Optional.ofNullable(identity.get(name))));
        if (!names.isEmpty()) {
            List<String> others =
                    names.stream()
                            .limit(MOST_NAMED)
                            .map(name -> differs(name, before, identity))
                            .toList();
            throw new CommandFailure(
                    ExitCode.BAD_CONFIGURATION,
                    "%s: this output directory belongs to another run: %s%s; use the same settings to go on with it, or choose another --out, and with --init-from a snapshot of this one to begin with"
                            .formatted(
                                    root,
                                    String.join(", ", others),
                                    names.size() <= MOST_NAMED
                                            ? ""
                                            : " (and "
                                                    + (names.size() - MOST_NAMED)
                                                    + " more differ)"));
        }
    }

    private static String differs(
            String name, Map<String, String> before, Map<String, String> identity) {
        return "%s is %s there and %s here"
                .formatted(
                        name,
                        before.getOrDefault(name, "unset"),
                        identity.getOrDefault(name, "unset"));
    }

    private Path identityFile() {
        return root.resolve(IDENTITY);
    }

    @Override
    public void close() {
        lock.close();
    }
}
