package io.millrace.connectors.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;

/** Collects lines between checkpoints; its state is the offset of the next line. */
final class JsonLinesWriter
        implements StatefulSinkWriter<String, Long>, CommittingSinkWriter<String, AppendedBytes> {

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    private long offset;

    JsonLinesWriter(long offset) {
        this.offset = offset;
    }

    @Override
    public void write(String line, Context context) {
        lines.writeBytes(line.getBytes(UTF_8));
        lines.write('\n');
    }

    @Override
    public void flush(boolean endOfInput) {
        // Lines leave with prepareCommit.
    }

    @Override
    public Collection<AppendedBytes> prepareCommit() {
        if (lines.size() == 0) {
            return List.of();
        }
        var appended = new AppendedBytes(offset, lines.toByteArray());
        offset += lines.size();
        lines.reset();
        return List.of(appended);
    }

    @Override
    public List<Long> snapshotState(long checkpoint) {
        return List.of(offset);
    }

    @Override
    public void close() {}
}
