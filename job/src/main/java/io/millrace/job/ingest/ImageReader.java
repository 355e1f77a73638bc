package io.millrace.job.ingest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the images of all sources, one at a time. */
public final class ImageReader implements AutoCloseable {

    private final Iterator<Source> remaining;
    private final @Nullable Labels labels;
    private final int maxBytes;

    private @Nullable Source source;
    private Source.@Nullable Cursor cursor;
    private long index;
    private long passed;

    ImageReader(List<Source> sources, @Nullable Labels labels, long from, int maxBytes) {
        this.remaining = sources.iterator();
        this.labels = labels;
        this.maxBytes = maxBytes;
        while (index < from && advance() != null) {
            index++;
        }
    }

    /**
     * The next one, or null after the last.
     *
     * @throws io.millrace.job.command.CommandFailure if a source is damaged
     */
    public @Nullable SourceEntry next() {
        String path = advance();
        if (path == null || cursor == null || source == null) {
            return null;
        }
        try {
            SourceEntry entry = read(path, cursor, source.path());
            index++;
            return entry;
        } catch (IOException e) {
            throw ImageSources.damaged(source, index, e);
        }
    }

    /** Bytes of the sources behind the reader; see {@link ImageSources#size()}. */
    public long passed() {
        return passed + (cursor == null ? 0 : cursor.passed());
    }

    private SourceEntry read(String path, Source.Cursor from, Path origin) throws IOException {
        if (from.length() > maxBytes) {
            return new SourceEntry.Oversized(index, path, from.length());
        }
        byte[] bytes = from.read(maxBytes);
        if (bytes.length > maxBytes) {
            return new SourceEntry.Oversized(index, path, bytes.length);
        }
        String label = labels == null ? ImageNames.label(path) : labels.at(index);
        String name = String.valueOf(origin.getFileName());
        return new SourceEntry.Image(index, path, name, label, bytes);
    }

    /** Steps to the next image, into the next source if need be; its path, or null at the end. */
    private @Nullable String advance() {
        while (true) {
            if (cursor == null && !openNext()) {
                return null;
            }
            String path = step();
            if (path != null) {
                return path;
            }
            close();
        }
    }

    private boolean openNext() {
        if (!remaining.hasNext()) {
            return false;
        }
        Source next = remaining.next();
        source = next;
        try {
            cursor = next.open();
        } catch (IOException e) {
            throw ImageSources.damaged(next, index, e);
        }
        return true;
    }

    private @Nullable String step() {
        Source.Cursor current = cursor;
        Source of = source;
        if (current == null || of == null) {
            return null;
        }
        try {
            return current.next();
        } catch (IOException e) {
            throw ImageSources.damaged(of, index, e);
        }
    }

    @Override
    public void close() {
        Source.Cursor current = cursor;
        Source of = source;
        if (current == null || of == null) {
            return;
        }
        passed += current.passed();
        cursor = null;
        try {
            current.close();
        } catch (IOException e) {
            throw ImageSources.damaged(of, index, e);
        }
    }
}
