package io.millrace.job.probe;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a path that somebody typed holds: one snapshot, or those of a whole run. */
public final class SnapshotFolder {

    private static final String MANIFEST = "manifest.json";
    private static final Pattern STEP = Pattern.compile("step-(\\d{10,18})");

    private SnapshotFolder() {}

    /** Whether it is one snapshot, or names one as {@code latest} does. */
    public static boolean isSnapshot(Path path) {
        return Files.exists(path.resolve(MANIFEST)) || Files.isRegularFile(path);
    }

    /**
     * The snapshot itself, where {@code latest} is a link or a file with its name.
     *
     * @throws CommandFailure if there is none
     */
    public static Path snapshot(Path path) throws IOException {
        Path named =
                Files.isRegularFile(path)
                        ? path.resolveSibling(Files.readString(path).strip())
                        : path;
        if (!Files.exists(named.resolve(MANIFEST))) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    path
                            + " is no snapshot: expected a folder with manifest.json and"
                            + " model.safetensors, such as RUN/snapshots/default/latest");
        }
        return named.toRealPath();
    }

    /**
     * The snapshots of a folder by step.
     *
     * @param every only steps that are multiples of it, and the last one
     * @throws CommandFailure if there is none
     */
    public static List<Path> snapshots(Path folder, long every) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                entries.filter(entry -> step(entry) >= 0)
                        .filter(entry -> Files.exists(entry.resolve(MANIFEST)))
                        .sorted(Comparator.comparingLong(SnapshotFolder::step))
                        .forEach(found::add);
            }
        }
        if (found.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    folder
                            + " holds no snapshots: expected a snapshot, or a folder with"
                            + " step-0000000100 and the like, such as RUN/snapshots/default");
        }
        Path last = found.get(found.size() - 1);
        return found.stream().filter(s -> s.equals(last) || step(s) % every == 0).toList();
    }

    /** The step in a snapshot's name, -1 if it is not one's. */
    static long step(Path path) {
        Matcher name = STEP.matcher(String.valueOf(path.getFileName()));
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }
}
