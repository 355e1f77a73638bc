package io.millrace.job.probe;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Labelled images, from files or topics, that can be read from the beginning again and again. */
public interface ImageSet {

    /** What it is made of, as typed. */
    List<String> sources();

    /** The file that labels are from, as typed; empty where folders or headers tell them. */
    default String labels() {
        return "";
    }

    /** Starts from the first image. */
    Reader open();

    /** A walk over the images, one at a time and always in the same order. */
    interface Reader extends AutoCloseable {

        /** The next one, or null after the last. */
        @Nullable Entry next();

        /** How much has been passed, 0 to 1. */
        double fraction();

        @Override
        void close();
    }

    /**
     * One image as it was read; nobody has judged its bytes.
     *
     * @param label class name; null if nothing tells
     * @param bytes the encoded image; null for a file that is too large to read
     */
    record Entry(@Nullable String label, byte @Nullable [] bytes) {}

    /** Several sets one after the other. */
    record Joined(List<ImageSet> parts) implements ImageSet {

        public Joined {
            parts = List.copyOf(parts);
        }

        @Override
        public List<String> sources() {
            return parts.stream().flatMap(part -> part.sources().stream()).toList();
        }

        @Override
        public Reader open() {
            return new JoinedReader(parts);
        }
    }

    /** Goes through one set after the other. */
    final class JoinedReader implements Reader {

        private final List<ImageSet> parts;
        private int next;
        private @Nullable Reader reader;

        JoinedReader(List<ImageSet> parts) {
            this.parts = requireNonNull(parts, "parts");
        }

        @Override
        public @Nullable Entry next() {
            while (true) {
                Reader current = reader;
                if (current == null) {
                    if (next == parts.size()) {
                        return null;
                    }
                    current = parts.get(next++).open();
                    reader = current;
                }
                Entry entry = current.next();
                if (entry != null) {
                    return entry;
                }
                close();
            }
        }

        @Override
        public double fraction() {
            Reader current = reader;
            double whole = current == null ? next : next - 1 + current.fraction();
            return parts.isEmpty() ? 1 : whole / parts.size();
        }

        @Override
        public void close() {
            Reader current = reader;
            reader = null;
            if (current != null) {
                current.close();
            }
        }
    }
}
