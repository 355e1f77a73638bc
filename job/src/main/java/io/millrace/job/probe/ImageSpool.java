package io.millrace.job.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Encoded images in a temporary file, to be read in any order: training with random crops passes
 * over them again and again, shuffled. Written by one thread, then read by several.
 */
final class ImageSpool implements AutoCloseable {

    private final Path path;
    private final FileChannel file;
    private long[] ends = new long[1024];
    private int count;

    ImageSpool() {
        try {
            path = Files.createTempFile("millrace-probe", ".images");
            file =
                    FileChannel.open(
                            path,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write to the temporary folder; name another with"
                            + " MILLRACE_JAVA_OPTS=-Djava.io.tmpdir=DIR",
                    e);
        }
    }

    /** Appends an image. */
    void add(byte[] encoded) {
        long start = count == 0 ? 0 : ends[count - 1];
        try {
            ByteBuffer bytes = ByteBuffer.wrap(encoded);
            while (bytes.hasRemaining()) {
                start += file.write(bytes, start);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be written", e);
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
        }
        ends[count++] = start;
    }

    /** Images in it. */
    int count() {
        return count;
    }

    /** The image added as number {@code index}, from 0. */
    byte[] read(int index) throws IOException {
        long start = index == 0 ? 0 : ends[index - 1];
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(ends[index] - start));
        while (bytes.hasRemaining()) {
            if (file.read(bytes, start + bytes.position()) < 0) {
                throw new IOException(path + " ends inside image " + index);
            }
        }
        return bytes.array();
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be closed", e);
        }
    }
}
