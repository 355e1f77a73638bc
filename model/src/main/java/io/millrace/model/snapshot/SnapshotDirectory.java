package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.Progress;
import io.millrace.model.stream.SnapshotPart;
import io.millrace.model.stream.SnapshotParts;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The published encoders of a run: {@code ROOT/snapshots/LEARNER/step-0000001200/}, each with
 * {@code model.safetensors}, {@code head.safetensors}, {@code config.json} for timm, {@code
 * manifest.json}, {@code encoder.py} and, of a replay, {@code range.json}, and {@code latest}
 * beside them.
 *
 * <p>Two phases. A {@link SnapshotStaging} writes everything into {@code LEARNER/.staging/} and
 * through to the disk; {@link #place} renames, so that a reader sees a snapshot whole or not at
 * all; {@link #reveal} lets {@code latest} name it, which is left until it has been announced. All
 * of them may be repeated after a crash at any point. One process writes to a learner's directory
 * at a time.
 */
public final class SnapshotDirectory {

    private static final String STAGING = ".staging";
    private static final String LATEST = "latest";
    private static final String STEP = "step-";

    /** Ends the name of what is about to be deleted. */
    private static final String DISCARDED = "-discarded";

    /** Ends the name of a second directory of a snapshot's files, while it is being replaced. */
    private static final String FORMER = "-former";

    private final Path root;

    /**
     * @param root the run's output directory, made when first needed
     */
    public SnapshotDirectory(Path root) {
        this.root = requireNonNull(root, "root").toAbsolutePath();
    }

    /** Begins a snapshot beside the published ones, where readers do not look. */
    public SnapshotStaging begin(String learner, long step) throws IOException {
        Path directory = directory(learner);
        Optional<Path> previous =
                stepsUpTo(step - 1, directory).stream()
                        .max(Comparator.comparingLong(SnapshotDirectory::step));
        Path staged = directory.resolve(STAGING).resolve(stepName(step) + "-" + UUID.randomUUID());
        return new SnapshotStaging(staged, directory.resolve(stepName(step)), previous);
    }

    /** Stages a snapshot that is in memory. */
    public StagedSnapshot stage(
            EncoderSnapshot snapshot, SnapshotDescription description, Instant created)
            throws IOException {
        Progress progress = snapshot.progress();
        List<SnapshotPart> parts = new ArrayList<>();
        SnapshotParts.of(snapshot, parts::add);
        try (SnapshotStaging staging = begin(progress.learner(), progress.step())) {
            for (SnapshotPart part : parts.subList(0, parts.size() - 1)) {
                staging.append(part);
            }
            return staging.finish(parts.get(parts.size() - 1), description, created);
        }
    }

    /** How a snapshot came to its place. */
    public enum Placed {
        /** By this call: nobody has been told of it. */
        NOW,
        /** By another snapshot with the same content. */
        BEFORE,
        /** By an earlier call, which a crash may have cut short. */
        REPEATED,
        /** By an earlier call, and it has been pruned since: there is nothing left to do. */
        PRUNED
    }

    /** Places a staged snapshot and lets {@code latest} name it. Returns whether it is there. */
    public boolean publish(StagedSnapshot snapshot) throws IOException {
        Placed placed = place(snapshot);
        reveal(snapshot, placed);
        return placed != Placed.PRUNED;
    }

    /**
     * Moves a staged snapshot to its place, which {@code latest} does not name yet. A snapshot of
     * the same step with the same content stays as it is; one with other content, from a run that
     * was taken back, is replaced.
     */
    public Placed place(StagedSnapshot snapshot) throws IOException {
        Path staged = Path.of(snapshot.staged());
        Path target = Path.of(snapshot.published());
        if (!Files.exists(staged)) {
            return repeated(snapshot, target);
        }
        if (!Files.exists(target)) {
            DurableFiles.move(staged, target);
            return Placed.NOW;
        }
        if (SnapshotManifest.sameFiles(staged, target)) {
            if (!SnapshotManifest.same(staged, target)) {
                SnapshotManifest.replace(staged, target);
            }
            discard(staged, staged.getParent());
            return Placed.BEFORE;
        }
        replace(snapshot, staged, target);
        return Placed.NOW;
    }

    /** Lets {@code latest} name a placed snapshot; a repetition never takes it back. */
    public void reveal(StagedSnapshot snapshot, Placed placed) throws IOException {
        boolean first = placed == Placed.NOW || placed == Placed.BEFORE;
        boolean forward = placed == Placed.REPEATED && newest(snapshot.learner()) < snapshot.step();
        if (first || forward) {
            pointLatestTo(Path.of(snapshot.published()), directory(snapshot.learner()));
        }
    }

    /**
     * Deletes all but the newest {@code keep} snapshots up to the latest, which is never deleted,
     * and what was staged for earlier steps but never published. What is staged for the latest step
     * may still be published, as when the input ends right after a checkpoint, but not after the
     * run's last. Later steps, left by a run that was taken back, are left alone until training
     * reaches them again.
     *
     * <p>A snapshot goes as a whole: whoever looked it up before finds all of its files or none.
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
        Path staging = directory(learner).resolve(STAGING);
        boolean completed = SnapshotManifest.isCompleted(latest.get());
        for (Path old : kept.subList(Math.min(keep, kept.size()), kept.size())) {
            discard(old, staging);
        }
        for (Path abandoned : stepsUpTo(newest, staging)) {
            String name = "" + abandoned.getFileName();
            boolean mayBePublished = step(abandoned) == newest && !isLeftOver(name) && !completed;
            if (!mayBePublished && !abandoned.equals(latest.get())) {
                discard(abandoned, staging);
            }
        }
    }

    private static boolean isLeftOver(String name) {
        return name.endsWith(DISCARDED) || name.endsWith(FORMER);
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

    /** The directory of a learner, whose name may come from a record. */
    public Path directory(String learner) {
        return root.resolve("snapshots").resolve(LearnerFolder.name(learner));
    }

    private long newest(String learner) throws IOException {
        return latest(learner).map(SnapshotDirectory::step).orElse(-1L);
    }

    /** What a crash may have left open after the move. */
    private Placed repeated(StagedSnapshot snapshot, Path target) throws IOException {
        if (Files.exists(target.resolve(SnapshotManifest.FILE))) {
            return Placed.REPEATED;
        }
        if (newest(snapshot.learner()) >= snapshot.step()) {
            return Placed.PRUNED;
        }
        throw new FileNotFoundException(
                snapshot.staged()
                        + ": the staged snapshot of step "
                        + snapshot.step()
                        + " is gone and "
                        + target
                        + " does not hold it; the output directory must be the one, and on the"
                        + " same disk, that the checkpoint was taken with");
    }

    /**
     * Puts other content in a snapshot's place. While it is empty, {@code latest} names another
     * directory of the same files, so that it never leads nowhere.
     */
    private void replace(StagedSnapshot snapshot, Path staged, Path target) throws IOException {
        if (latest(snapshot.learner()).filter(target::equals).isPresent()) {
            Path former = staged.resolveSibling(staged.getFileName() + FORMER);
            DurableFiles.link(target, former);
            pointLatestTo(former, directory(snapshot.learner()));
        }
        discard(target, staged.getParent());
        DurableFiles.move(staged, target);
    }

    /** Deletes a directory so that it is either whole or out of sight, whenever a crash comes. */
    private static void discard(Path unwanted, @Nullable Path staging) throws IOException {
        String name = "" + unwanted.getFileName();
        if (staging == null || name.endsWith(DISCARDED)) {
            DurableFiles.deleteTree(unwanted);
            return;
        }
        DurableFiles.createDirectories(staging);
        Path hidden = staging.resolve(name + "-" + UUID.randomUUID() + DISCARDED);
        DurableFiles.move(unwanted, hidden);
        DurableFiles.deleteTree(hidden);
    }

    private static void pointLatestTo(Path target, Path learner) throws IOException {
        Path next = learner.resolve("." + LATEST);
        Files.deleteIfExists(next);
        Path name = learner.relativize(target);
        try {
            Files.createSymbolicLink(next, name);
        } catch (UnsupportedOperationException unsupported) {
            DurableFiles.write(next, (name + "\n").getBytes(UTF_8));
        }
        Files.move(
                next,
                learner.resolve(LATEST),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.sync(learner);
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
}
