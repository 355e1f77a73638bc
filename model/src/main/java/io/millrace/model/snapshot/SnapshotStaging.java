package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.stream.Progress;
import io.millrace.model.stream.SnapshotPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** A snapshot that is being staged: a directory that its pieces are written to as they come. */
public final class SnapshotStaging implements AutoCloseable {

    private static final Map<SnapshotPart.Kind, String> FILES =
            Map.of(
                    SnapshotPart.Kind.WEIGHTS,
                    "model.safetensors",
                    SnapshotPart.Kind.HEAD,
                    PublishedEncoder.HEAD_FILE);

    private final Path staged;
    private final Path published;
    private final Optional<Path> previous;
    private final Map<SnapshotPart.Kind, DurableFile> files =
            new EnumMap<>(SnapshotPart.Kind.class);

    SnapshotStaging(Path staged, Path published, Optional<Path> previous) throws IOException {
        this.staged = staged;
        this.published = published;
        this.previous = previous;
        DurableFiles.createDirectories(staged);
    }

    /** Adds a piece of a file. */
    public void append(SnapshotPart part) throws IOException {
        DurableFile file = files.get(part.kind());
        if (file == null) {
            file = new DurableFile(staged.resolve(requireNonNull(FILES.get(part.kind()))));
            files.put(part.kind(), file);
        }
        file.write(part.data().duplicate());
    }

    /** Writes what goes with the weights, and everything through to the disk. */
    public StagedSnapshot finish(SnapshotPart end, SnapshotDescription description, Instant created)
            throws IOException {
        Progress progress = requireNonNull(end.progress());
        boolean completed = end.kind() == SnapshotPart.Kind.END_OF_RUN;
        ObjectNode manifest = SnapshotManifest.of(progress, completed, description, created);
        String weights = finish(SnapshotPart.Kind.WEIGHTS);
        manifest.put(SnapshotManifest.WEIGHTS_SHA256, weights);
        if (files.containsKey(SnapshotPart.Kind.HEAD)) {
            manifest.put(SnapshotManifest.HEAD_SHA256, finish(SnapshotPart.Kind.HEAD));
        }
        byte[] config = SnapshotManifest.bytes(TimmConfig.of(description));
        DurableFiles.write(staged.resolve("config.json"), config);
        manifest.put(SnapshotManifest.CONFIG_SHA256, SnapshotManifest.sha256(config));
        byte[] loader = EncoderScript.text();
        DurableFiles.write(staged.resolve("encoder.py"), loader);
        manifest.put(SnapshotManifest.LOADER_SHA256, SnapshotManifest.sha256(loader));
        if (description.range() != null) {
            byte[] range = description.range().getBytes(UTF_8);
            DurableFiles.write(staged.resolve(SnapshotManifest.RANGE_FILE), range);
            manifest.put(SnapshotManifest.RANGE_SHA256, SnapshotManifest.sha256(range));
        }
        if (previous.isPresent()) {
            SnapshotManifest.putPrevious(manifest, previous.get());
        }
        DurableFiles.write(staged.resolve(SnapshotManifest.FILE), SnapshotManifest.bytes(manifest));
        DurableFiles.sync(staged);
        DurableFiles.sync(staged.getParent());
        return new StagedSnapshot(
                progress.learner(),
                progress.step(),
                progress.images(),
                staged.toString(),
                published.toString(),
                weights,
                completed);
    }

    private String finish(SnapshotPart.Kind kind) throws IOException {
        DurableFile file = files.get(kind);
        if (file == null) {
            throw new IllegalStateException(published + ": no piece of " + kind + " has come");
        }
        return file.finish();
    }

    @Override
    public void close() {
        for (DurableFile file : files.values()) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
