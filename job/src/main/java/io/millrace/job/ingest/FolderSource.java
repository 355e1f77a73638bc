package io.millrace.job.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A folder's images, subfolders included, by a hash of their paths: the same on any machine. */
final class FolderSource implements Source {

    /** A file below the folder. */
    private record Found(String path, long size, long place) {}

    private final Path folder;
    private final List<Found> files;

    private FolderSource(Path folder, List<Found> files) {
        this.folder = folder;
        this.files = files;
    }

    static FolderSource list(Path folder) throws IOException {
        List<Found> files = new ArrayList<>();
        Files.walkFileTree(
                folder,
                EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                Integer.MAX_VALUE,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        String path = folder.relativize(file).toString().replace('\\', '/');
                        if (ImageNames.isImage(path)) {
                            files.add(new Found(path, attributes.size(), place(path)));
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        // Classes lie in folders, so the order of names would show one class after another.
        files.sort(Comparator.comparingLong(Found::place).thenComparing(Found::path));
        return new FolderSource(folder, files);
    }

    /** FNV-1a over the characters, then the finaliser of SplitMix64. */
    private static long place(String path) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < path.length(); i++) {
            hash = (hash ^ path.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
        return hash ^ (hash >>> 31);
    }

    @Override
    public Path path() {
        return folder;
    }

    @Override
    public long size() {
        return files.stream().mapToLong(Found::size).sum();
    }

    @Override
    public Cursor open() {
        return new Cursor() {
            private int next;
            private long passed;

            @Override
            public @Nullable String next() {
                if (next > 0) {
                    passed += length();
                }
                return next < files.size() ? files.get(next++).path() : null;
            }

            @Override
            public long length() {
                return files.get(next - 1).size();
            }

            @Override
            public byte[] read(int limit) throws IOException {
                Path file = folder.resolve(files.get(next - 1).path());
                try (InputStream in = Files.newInputStream(file)) {
                    return in.readNBytes(limit + 1);
                }
            }

            @Override
            public long passed() {
                return passed;
            }

            @Override
            public void close() {}
        };
    }
}
