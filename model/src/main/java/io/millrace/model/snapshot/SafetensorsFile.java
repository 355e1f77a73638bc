package io.millrace.model.snapshot;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A safetensors file of any length, read a tensor at a time; only the header is kept in memory.
 *
 * <p>A file from outside can be opened: every claim of its header is checked against the file's
 * size first, and nothing is allocated on its word.
 */
public final class SafetensorsFile implements Closeable {

    private final Path path;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final long dataStart;
    private final Map<String, SafetensorsHeader.Placed> byName = new HashMap<>();

    private SafetensorsFile(
            Path path, FileChannel channel, SafetensorsHeader header, long dataStart) {
        this.path = path;
        this.channel = channel;
        this.header = header;
        this.dataStart = dataStart;
        header.tensors().forEach(tensor -> byName.put(tensor.info().name(), tensor));
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws MalformedSafetensorsException as {@link Safetensors#decode}, naming the file
     */
    public static SafetensorsFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return open(path, channel);
        } catch (MalformedSafetensorsException e) {
            channel.close();
            throw e.in(path);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static SafetensorsFile open(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        SafetensorsHeader.requireFirstField(size);
        ByteBuffer first = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, first, 0, path);
        int length = SafetensorsHeader.requireLength(first.getLong(0), size);
        ByteBuffer json = ByteBuffer.allocate(length);
        readFully(channel, json, Long.BYTES, path);
        long dataStart = (long) Long.BYTES + length;
        var header = SafetensorsHeader.parse(json.flip(), size - dataStart);
        return new SafetensorsFile(path, channel, header, dataStart);
    }

    /** All tensors, in the order of their data. */
    public List<TensorInfo> tensors() {
        return header.tensors().stream().map(SafetensorsHeader.Placed::info).toList();
    }

    /** The tensor of that name, if there is one. */
    public Optional<TensorInfo> find(String name) {
        return Optional.ofNullable(byName.get(name)).map(SafetensorsHeader.Placed::info);
    }

    /** {@code __metadata__}, in the file's order; empty if it has none. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * Reads a tensor, which must be smaller than 2 GiB, into the JVM's direct memory.
     *
     * @throws NoSuchElementException if there is none of that name
     */
    public NamedTensor read(String name) throws IOException {
        TensorInfo info = placed(name).info();
        if (info.bytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%s: %s has %d bytes, too many to be read at once; read it in parts"
                            .formatted(path, info, info.bytes()));
        }
        ByteBuffer data = ByteBuffer.allocateDirect((int) info.bytes());
        read(name, 0, data);
        return new NamedTensor(info, data.flip().order(ByteOrder.LITTLE_ENDIAN));
    }

    /**
     * Fills a buffer with a part of a tensor.
     *
     * @param from the part's first byte, counted from the tensor's
     */
    public void read(String name, long from, ByteBuffer part) throws IOException {
        SafetensorsHeader.Placed tensor = placed(name);
        if (from < 0 || from > tensor.info().bytes() - part.remaining()) {
            throw new IndexOutOfBoundsException(
                    "%s: %s has %d bytes, asked for %d from %d"
                            .formatted(
                                    path,
                                    tensor.info(),
                                    tensor.info().bytes(),
                                    part.remaining(),
                                    from));
        }
        readFully(channel, part, dataStart + tensor.start() + from, path);
    }

    /** Writes a tensor's bytes, of any number, to a channel. */
    public void copy(String name, WritableByteChannel out) throws IOException {
        SafetensorsHeader.Placed tensor = placed(name);
        long position = dataStart + tensor.start();
        long end = dataStart + tensor.end();
        while (position < end) {
            long copied = channel.transferTo(position, end - position, out);
            if (copied <= 0) {
                throw truncated(path);
            }
            position += copied;
        }
    }

    private SafetensorsHeader.Placed placed(String name) {
        SafetensorsHeader.Placed tensor = byName.get(name);
        if (tensor == null) {
            throw new NoSuchElementException(path + " holds no tensor " + name);
        }
        return tensor;
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long position, Path path)
            throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                throw truncated(path);
            }
            at += count;
        }
    }

    private static EOFException truncated(Path path) {
        return new EOFException(path + " became shorter while it was read");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
