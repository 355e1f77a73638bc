package io.millrace.model.snapshot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A published encoder in the form that another program wants. Nothing is overwritten. */
public final class SnapshotExport {

    private static final String WEIGHTS = "model.safetensors";

    /** Which program's. */
    public enum Format {
        /** A safetensors file with torchvision's names: the snapshot's own, byte for byte. */
        TORCHVISION,
        /**
         * A directory for {@code timm.create_model("local-dir:DIR")}: the same file, with timm's
         * {@code config.json}, and {@code encoder.py}, which defines encoders that timm does not
         * know.
         */
        TIMM,
        /** A safetensors file with detectron2's names; see {@link Detectron2Names}. */
        DETECTRON2
    }

    private SnapshotExport() {}

    /**
     * Writes a snapshot's encoder.
     *
     * @param snapshot directory of one
     * @param out a new file, or for {@link Format#TIMM} a new or empty directory
     * @throws MalformedSnapshotException if the snapshot is damaged
     * @throws FileAlreadyExistsException if there is something already
     */
    public static void write(Path snapshot, Format format, Path out) throws IOException {
        PublishedEncoder.read(snapshot); // checks the weights against the manifest
        createParent(out);
        switch (format) {
            case TORCHVISION -> copy(snapshot.resolve(WEIGHTS), out);
            case TIMM -> {
                requireEmpty(out);
                DurableFiles.createDirectories(out);
                for (String name : List.of(WEIGHTS, "config.json", "manifest.json", "encoder.py")) {
                    copy(snapshot.resolve(name), out.resolve(name));
                }
            }
            case DETECTRON2 -> rename(snapshot.resolve(WEIGHTS), out);
        }
    }

    private static void createParent(Path out) throws IOException {
        Path parent = out.toAbsolutePath().getParent();
        if (parent != null) {
            DurableFiles.createDirectories(parent);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        requireNew(to);
        DurableFiles.write(to, Files.readAllBytes(from));
    }

    private static void rename(Path from, Path to) throws IOException {
        requireNew(to);
        Path part = to.resolveSibling(to.getFileName() + ".part");
        try (SafetensorsFile file = SafetensorsFile.open(from);
                FileChannel out =
                        FileChannel.open(
                                part,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE)) {
            Map<String, String> before = new LinkedHashMap<>();
            file.tensors()
                    .forEach(
                            tensor -> before.put(Detectron2Names.of(tensor.name()), tensor.name()));
            List<TensorInfo> renamed =
                    file.tensors().stream()
                            .map(
                                    tensor ->
                                            new TensorInfo(
                                                    Detectron2Names.of(tensor.name()),
                                                    tensor.type(),
                                                    tensor.shape()))
                            .toList();
            new SafetensorsWriter(renamed, file.metadata())
                    .write(
                            out,
                            (tensor, channel) ->
                                    file.copy(
                                            before.getOrDefault(tensor.name(), tensor.name()),
                                            channel));
            out.force(true);
        }
        DurableFiles.move(part, to);
    }

    private static void requireNew(Path file) throws IOException {
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
    }

    private static void requireEmpty(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new FileAlreadyExistsException(directory.toString());
        }
        try (var entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw new FileAlreadyExistsException(directory.toString());
            }
        }
    }
}
