package io.millrace.job.ingest;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** A tar, tar.gz or zip archive's images, in the archive's order, read as a stream. */
final class ArchiveSource implements Source {

    private static final int BUFFER = 1 << 16;

    private final Path file;

    ArchiveSource(Path file) {
        this.file = file;
    }

    static boolean isArchive(Path file) {
        String name = lower(file);
        return isTar(name) || isGzippedTar(name) || name.endsWith(".zip");
    }

    private static String lower(Path file) {
        return file.toString().toLowerCase(Locale.ROOT);
    }

    private static boolean isTar(String name) {
        return name.endsWith(".tar");
    }

    private static boolean isGzippedTar(String name) {
        return name.endsWith(".tar.gz") || name.endsWith(".tgz");
    }

    @Override
    public Path path() {
        return file;
    }

    @Override
    public long size() throws IOException {
        return Files.size(file);
    }

    @Override
    public Cursor open() throws IOException {
        var counted = new CountedStream(Files.newInputStream(file));
        try {
            return new ArchiveCursor(archive(counted), counted);
        } catch (IOException e) {
            counted.close();
            throw e;
        }
    }

    private ArchiveInputStream<?> archive(InputStream raw) throws IOException {
        InputStream buffered = new BufferedInputStream(raw, BUFFER);
        String name = lower(file);
        if (isTar(name)) {
            return new TarArchiveInputStream(buffered);
        }
        return isGzippedTar(name)
                ? new TarArchiveInputStream(
                        new BufferedInputStream(new GZIPInputStream(buffered, BUFFER), BUFFER))
                : new ZipArchiveInputStream(buffered);
    }

    private static final class ArchiveCursor implements Cursor {

        private final ArchiveInputStream<?> archive;
        private final CountedStream counted;
        private long length;

        ArchiveCursor(ArchiveInputStream<?> archive, CountedStream counted) {
            this.archive = archive;
            this.counted = counted;
        }

        @Override
        public @Nullable String next() throws IOException {
            for (ArchiveEntry e = archive.getNextEntry(); e != null; e = archive.getNextEntry()) {
                if (!e.isDirectory() && ImageNames.isImage(e.getName())) {
                    length = e.getSize();
                    return ImageNames.plain(e.getName());
                }
            }
            return null;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public byte[] read(int limit) throws IOException {
            return archive.readNBytes(limit + 1);
        }

        @Override
        public long passed() {
            return counted.passed;
        }

        @Override
        public void close() throws IOException {
            archive.close();
        }
    }

    /** Knows how far it has been read. */
    private static final class CountedStream extends FilterInputStream {

        private long passed;

        CountedStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            passed += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = super.read(target, offset, length);
            passed += Math.max(n, 0);
            return n;
        }
    }
}
