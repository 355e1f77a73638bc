package io.millrace.connectors.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;

/** Writes lines where they belong and through to the disk; doing it twice changes nothing. */
final class JsonLinesCommitter implements Committer<AppendedBytes> {

    private final Path file;

    JsonLinesCommitter(Path file) {
        this.file = file;
    }

    @Override
    public void commit(Collection<CommitRequest<AppendedBytes>> requests) throws IOException {
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (CommitRequest<AppendedBytes> request : requests) {
                write(channel, request.getCommittable());
            }
            channel.force(true);
        }
    }

    private void write(FileChannel channel, AppendedBytes appended) throws IOException {
        if (channel.size() < appended.offset()) {
            throw new IOException(
                    file
                            + ": expected at least "
                            + appended.offset()
                            + " bytes, those of the checkpoint, got "
                            + channel.size()
                            + "; put back the file that the checkpoint was taken with");
        }
        ByteBuffer bytes = ByteBuffer.wrap(appended.bytes());
        while (bytes.hasRemaining()) {
            channel.write(bytes, appended.offset() + bytes.position());
        }
    }

    /** Drops what lies at or after {@code offset}, if the file is there and as long. */
    static void cutOff(Path file, long offset) throws IOException {
        if (Files.exists(file) && Files.size(file) > offset) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(offset).force(true);
            }
        }
    }

    @Override
    public void close() {}
}
