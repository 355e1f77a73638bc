package io.millrace.job.ingest;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One folder, archive or file, able to list its images again and again in the same order. */
interface Source {

    /** As the user named it. */
    Path path();

    /** Size, of a folder's images or of the archive, bytes. */
    long size() throws IOException;

    /** Starts from the first image. */
    Cursor open() throws IOException;

    /** A walk over the images, one at a time. */
    interface Cursor extends Closeable {

        /** Steps to the next image; its path, or null at the end. */
        @Nullable String next() throws IOException;

        /** The current image's size, bytes; negative if only reading it tells. */
        long length();

        /** The current image's bytes, at most so many and one more. */
        byte[] read(int limit) throws IOException;

        /** How much of the source's size has been passed, bytes. */
        long passed();
    }
}
