package io.millrace.model.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files and directories that survive a power cut and that everybody may read. */
final class DurableFiles {

    private DurableFiles() {}

    static void write(Path file, byte[] bytes) throws IOException {
        try (var written = new DurableFile(file)) {
            written.write(ByteBuffer.wrap(bytes));
            written.finish();
        }
    }

    /** Creates a directory and its missing parents. */
    static void createDirectories(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            createDirectories(parent);
        }
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            permit(directory, "rwxr-xr-x");
            sync(parent);
        }
    }

    /** Gives a directory's files a second directory; an unfinished one of that name goes first. */
    static void link(Path directory, Path second) throws IOException {
        deleteTree(second);
        createDirectories(second);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Path name = second.resolve(directory.relativize(file));
                try {
                    Files.createLink(name, file);
                } catch (UnsupportedOperationException | FileSystemException unsupported) {
                    Files.copy(file, name);
                }
            }
        }
        sync(second);
    }

    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        sync(to.toAbsolutePath().getParent());
    }

    /** Writes a directory's entries through to the disk. */
    static void sync(@Nullable Path directory) throws IOException {
        if (directory == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a directory with all it holds; nothing happens if it does not exist. */
    static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    static void permit(Path path, String permissions) throws IOException {
        var view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(PosixFilePermissions.fromString(permissions));
        }
    }
}
