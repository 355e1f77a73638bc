package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.stream.EncoderSnapshot;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The published encoders of a run: {@code ROOT/snapshots/LEARNER/step-0000001200/}, each with
 * {@code model.safetensors}, {@code head.safetensors}, {@code config.json} for timm, {@code
 * manifest.json}, {@code encoder.py} and, of a replay, {@code range.json}, and {@code latest}
 * beside them.
 *
 * <p>Two phases. {@link #stage} writes everything into {@code LEARNER/.staging/} and through to the
 * disk; {@link #publish} renames, so that a reader sees a snapshot whole or not at all. Both may be
 * repeated after a crash at any point. One process writes to a learner's directory at a time.
 */
public final class SnapshotDirectory {

    private static final String STAGING = ".staging";
    private static final String LATEST = "latest";
    private static final String STEP = "step-";
    private static final int MAX_NAME = 100;

    private final Path root;

    /**
     * @param root the run's output directory, made when first needed
     */
    public SnapshotDirectory(Path root) {
        this.root = requireNonNull(root, "root").toAbsolutePath();
    }

    /** Writes a snapshot beside the published ones, where readers do not look. */
    public StagedSnapshot stage(
            EncoderSnapshot snapshot, SnapshotDescription description, Instant created)
            throws IOException {
        String learner = snapshot.progress().learner();
        long step = snapshot.progress().step();
        String sha256 = SnapshotManifest.sha256(snapshot.weights());
        Path staging = directory(learner).resolve(STAGING);
        Path staged = staging.resolve(stepName(step) + "-" + UUID.randomUUID());
        DurableFiles.createDirectories(staged);

        DurableFiles.write(staged.resolve("model.safetensors"), snapshot.weights());
        if (snapshot.head().length > 0) {
            DurableFiles.write(staged.resolve(PublishedEncoder.HEAD_FILE), snapshot.head());
        }
        ObjectNode manifest = SnapshotManifest.of(snapshot, description, created);
        byte[] config = SnapshotManifest.bytes(TimmConfig.of(description));
        DurableFiles.write(staged.resolve("config.json"), config);
        manifest.put(SnapshotManifest.CONFIG_SHA256, SnapshotManifest.sha256(config));
        byte[] loader = loader();
        DurableFiles.write(staged.resolve("encoder.py"), loader);
        manifest.put(SnapshotManifest.LOADER_SHA256, SnapshotManifest.sha256(loader));
        if (description.range() != null) {
            byte[] range = description.range().getBytes(UTF_8);
            DurableFiles.write(staged.resolve(SnapshotManifest.RANGE_FILE), range);
            manifest.put(SnapshotManifest.RANGE_SHA256, SnapshotManifest.sha256(range));
        }
        Optional<Path> previous =
                stepsUpTo(step - 1, directory(learner)).stream()
                        .max(Comparator.comparingLong(SnapshotDirectory::step));
        if (previous.isPresent()) {
            SnapshotManifest.putPrevious(manifest, previous.get());
        }
        DurableFiles.write(staged.resolve(SnapshotManifest.FILE), SnapshotManifest.bytes(manifest));
        DurableFiles.sync(staged);
        DurableFiles.sync(staging);
        return new StagedSnapshot(
                learner,
                step,
                snapshot.progress().images(),
                staged.toString(),
                directory(learner).resolve(stepName(step)).toString(),
                sha256,
                snapshot.completed());
    }

    /**
     * Moves a staged snapshot to its place and lets {@code latest} name it. A snapshot of the same
     * step with the same content stays as it is; one with other content, from a run that was taken
     * back, is replaced.
     *
     * @return whether it lies in its place; not if this is a repetition and it has been pruned
     *     since
     */
    public boolean publish(StagedSnapshot snapshot) throws IOException {
        Path staged = Path.of(snapshot.staged());
        Path target = Path.of(snapshot.published());
        if (!Files.exists(staged)) {
            return repeat(snapshot, target);
        }
        if (!Files.exists(target)) {
            DurableFiles.move(staged, target);
        } else if (SnapshotManifest.same(staged, target)) {
            DurableFiles.deleteTree(staged);
        } else {
            Path replaced = staged.resolveSibling(staged.getFileName() + ".replaced");
            DurableFiles.move(target, replaced);
            DurableFiles.move(staged, target);
            DurableFiles.deleteTree(replaced);
        }
        pointLatestTo(target);
        return true;
    }

    /**
     * Deletes all but the newest {@code keep} snapshots up to the latest, which is never deleted,
     * and what was staged for earlier steps but never published. What is staged for the latest step
     * may still be published, as when the input ends right after a checkpoint. Later steps, left by
     * a run that was taken back, are left alone until training reaches them again.
     */
    public void prune(String learner, int keep) throws IOException {
        if (keep < 1) {
            throw new IllegalArgumentException("snapshots to keep must be positive, got " + keep);
        }
        Optional<Path> latest = latest(learner);
        if (latest.isEmpty()) {
            return;
        }
        long newest = step(latest.get());
        List<Path> kept = new ArrayList<>(stepsUpTo(newest, directory(learner)));
        kept.sort(Comparator.comparingLong(SnapshotDirectory::step).reversed());
        for (Path old : kept.subList(Math.min(keep, kept.size()), kept.size())) {
            DurableFiles.deleteTree(old);
        }
        for (Path abandoned : stepsUpTo(newest - 1, directory(learner).resolve(STAGING))) {
            DurableFiles.deleteTree(abandoned);
        }
    }

    /** The directory of a learner's newest published snapshot. */
    public Optional<Path> latest(String learner) throws IOException {
        Path latest = directory(learner).resolve(LATEST);
        if (!Files.exists(latest)) {
            return Optional.empty();
        }
        Path name =
                Files.isSymbolicLink(latest)
                        ? Files.readSymbolicLink(latest)
                        : Path.of(Files.readString(latest).strip());
        return Optional.of(directory(learner).resolve(name));
    }

    /**
     * The directory of a learner. Its name may come from a record, so whatever is not a letter, a
     * digit, {@code _}, {@code -} or an inner dot is written as {@code %} and hexadecimal bytes.
     */
    public Path directory(String learner) {
        StringBuilder name = new StringBuilder();
        for (byte b : learner.getBytes(UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-');
            if (plain || (c == '.' && name.length() > 0)) {
                name.append(c);
            } else {
                name.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        if (name.length() == 0 || name.length() > MAX_NAME) {
            String hash = SnapshotManifest.sha256(learner.getBytes(UTF_8));
            name.setLength(Math.min(name.length(), MAX_NAME - 33));
            name.append('%').append(hash, 0, 32);
        }
        return root.resolve("snapshots").resolve(name.toString());
    }

    /** Finishes what a crash may have left open after the move; never takes latest back. */
    private boolean repeat(StagedSnapshot snapshot, Path target) throws IOException {
        long newest = latest(snapshot.learner()).map(SnapshotDirectory::step).orElse(-1L);
        boolean published = Files.exists(target.resolve(SnapshotManifest.FILE));
        if (!published && newest < snapshot.step()) {
            throw new FileNotFoundException(
                    snapshot.staged()
                            + ": the staged snapshot of step "
                            + snapshot.step()
                            + " is gone and "
                            + target
                            + " does not hold it; the output directory must be the one, and on the"
                            + " same disk, that the checkpoint was taken with");
        }
        if (newest < snapshot.step()) {
            pointLatestTo(target);
        }
        return published;
    }

    private static void pointLatestTo(Path target) throws IOException {
        Path latest = target.resolveSibling(LATEST);
        Path next = target.resolveSibling("." + LATEST);
        Files.deleteIfExists(next);
        Path name = requireNonNull(target.getFileName());
        try {
            Files.createSymbolicLink(next, name);
        } catch (UnsupportedOperationException unsupported) {
            DurableFiles.write(next, (name + "\n").getBytes(UTF_8));
        }
        Files.move(
                next, latest, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.sync(target.getParent());
    }

    private static List<Path> stepsUpTo(long newest, Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(p -> step(p) >= 0 && step(p) <= newest).toList();
        }
    }

    /** The step in a directory's name, -1 if it is not a snapshot's. */
    private static long step(Path directory) {
        String name = requireNonNull(directory.getFileName()).toString();
        int end = name.indexOf('-', STEP.length());
        String digits = end < 0 ? name : name.substring(0, end);
        return digits.matches(STEP + "\\d{10,18}")
                ? Long.parseLong(digits.substring(STEP.length()))
                : -1;
    }

    private static String stepName(long step) {
        return String.format("%s%010d", STEP, step);
    }

    private static byte[] loader() throws IOException {
        try (InputStream resource = SnapshotDirectory.class.getResourceAsStream("encoder.py")) {
            return requireNonNull(resource, "encoder.py is missing from the jar").readAllBytes();
        }
    }
}
