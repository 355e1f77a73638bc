package io.millrace.job.ingest;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folders and archives of images, one after the other, in an order that is always the same. Classes
 * come from folder names ({@code class/file}), or from a file with one label for each image.
 */
public final class ImageSources {

    private final List<Source> sources;
    private final @Nullable Labels labels;

    private ImageSources(List<Source> sources, @Nullable Labels labels) {
        this.sources = sources;
        this.labels = labels;
    }

    /**
     * Checks that everything is there, and with labels also that their number is right.
     *
     * @param paths folders, .tar, .tar.gz, .tgz or .zip
     * @param labels one byte or one line for each image; null to go by folders
     * @throws CommandFailure if something is missing, damaged or miscounted
     */
    public static ImageSources of(List<Path> paths, @Nullable Path labels) {
        List<Source> sources = new ArrayList<>();
        for (Path path : paths) {
            sources.add(source(path));
        }
        if (labels == null) {
            return new ImageSources(sources, null);
        }
        Labels read = Labels.read(labels);
        var labelled = new ImageSources(sources, read);
        read.requireCount(labelled.count());
        return labelled;
    }

    private static Source source(Path path) {
        try {
            if (Files.isDirectory(path)) {
                FolderSource folder = FolderSource.list(path);
                if (folder.size() == 0) {
                    throw new CommandFailure(
                            ExitCode.BAD_DATA, "the folder " + path + " holds no image files");
                }
                return folder;
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.BAD_DATA, "cannot list " + path + ": " + e, e);
        }
        if (!Files.isReadable(path)) {
            throw new CommandFailure(ExitCode.USAGE, "cannot read " + path + ": no such file");
        }
        if (!ArchiveSource.isArchive(path)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "cannot read images from "
                            + path
                            + ": expected a folder, .tar, .tar.gz, .tgz or .zip");
        }
        return new ArchiveSource(path);
    }

    /** How many images there are; reads archives through. */
    public long count() {
        long count = 0;
        for (Source source : sources) {
            try (Source.Cursor cursor = source.open()) {
                while (cursor.next() != null) {
                    count++;
                }
            } catch (IOException e) {
                throw damaged(source, count, e);
            }
        }
        return count;
    }

    /** All sources' size, bytes, archives as they are on disk. */
    public long size() {
        long size = 0;
        for (Source source : sources) {
            try {
                size += source.size();
            } catch (IOException e) {
                throw damaged(source, 0, e);
            }
        }
        return size;
    }

    /**
     * Reads from the image with that index on.
     *
     * @param from 0 for all of them
     * @param maxBytes larger files are passed over, without reading them into memory
     */
    public ImageReader open(long from, int maxBytes) {
        return new ImageReader(sources, labels, from, maxBytes);
    }

    static CommandFailure damaged(Source source, long index, IOException e) {
        return new CommandFailure(
                ExitCode.BAD_DATA,
                source.path() + " cannot be read past image " + index + ": " + e.getMessage(),
                e);
    }
}
