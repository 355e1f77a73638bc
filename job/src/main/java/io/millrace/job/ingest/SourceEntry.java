package io.millrace.job.ingest;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** One image file of a source: its bytes, or only the fact that it is too large to read. */
public sealed interface SourceEntry {

    /** Its place among all image files of all sources, from 0. */
    long index();

    /** Its path below the source, with slashes. */
    String path();

    /**
     * A file as it was read; whether it is an image, nobody has judged.
     *
     * @param source name of the folder or archive
     * @param label class name; null if nothing tells
     */
    record Image(long index, String path, String source, @Nullable String label, byte[] bytes)
            implements SourceEntry {
        public Image {
            requireNonNull(path, "path");
            requireNonNull(source, "source");
            requireNonNull(bytes, "bytes");
        }
    }

    /**
     * A file above the limit.
     *
     * @param size bytes
     */
    record Oversized(long index, String path, long size) implements SourceEntry {
        public Oversized {
            requireNonNull(path, "path");
        }
    }
}
