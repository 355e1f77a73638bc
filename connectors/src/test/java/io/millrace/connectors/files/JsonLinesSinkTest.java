package io.millrace.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.Committed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesSinkTest {

    @TempDir private Path directory;

    @Test
    void commit_changesNothing_whenRepeated() throws Exception {
        Path file = directory.resolve("run/metrics.jsonl");
        var writer = new JsonLinesWriter(0);
        Collection<AppendedBytes> first = write(writer, "{\"step\":1}", "{\"step\":2}");
        Collection<AppendedBytes> second = write(writer, "{\"step\":3}");

        commit(file, first);
        commit(file, second);
        commit(file, first);

        assertThat(Files.readString(file)).isEqualTo("{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n");
        assertThat(writer.snapshotState(1)).containsExactly(33L);
        assertThat(writer.prepareCommit()).isEmpty();
    }

    @Test
    void cutOff_dropsTheAbandonedTail_whenAnOlderCheckpointIsRestored() throws Exception {
        Path file = directory.resolve("metrics.jsonl");
        var writer = new JsonLinesWriter(0);
        commit(file, write(writer, "old"));
        long checkpoint = writer.snapshotState(1).get(0);
        commit(file, write(writer, "abandoned"));

        JsonLinesCommitter.cutOff(file, checkpoint);
        var restored = new JsonLinesWriter(checkpoint);
        commit(file, write(restored, "new"));

        assertThat(Files.readString(file)).isEqualTo("old\nnew\n");
    }

    @Test
    void commit_writesInPlace_whenTheCheckpointsLinesWereNotWrittenBeforeTheCrash()
            throws Exception {
        Path file = directory.resolve("metrics.jsonl");
        var writer = new JsonLinesWriter(0);
        Collection<AppendedBytes> pending = write(writer, "one");
        long checkpoint = writer.snapshotState(1).get(0);

        JsonLinesCommitter.cutOff(file, checkpoint);
        commit(file, pending);
        commit(file, write(new JsonLinesWriter(checkpoint), "two"));

        assertThat(Files.readString(file)).isEqualTo("one\ntwo\n");
    }

    @Test
    void commit_fails_whenTheFileOfTheCheckpointIsGone() {
        Path file = directory.resolve("metrics.jsonl");

        assertThatThrownBy(() -> commit(file, write(new JsonLinesWriter(8), "later")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("metrics.jsonl: expected at least 8 bytes")
                .hasMessageContaining("got 0");
    }

    @Test
    void serializer_returnsTheSame_whenReadBack() throws Exception {
        var serializer = new AppendedBytesSerializer();
        var appended = new AppendedBytes(5L << 32, new byte[] {1, 2});

        AppendedBytes read = serializer.deserialize(1, serializer.serialize(appended));

        assertThat(read.offset()).isEqualTo(5L << 32);
        assertThat(read.bytes()).containsExactly(1, 2);
        assertThat(new OffsetSerializer().deserialize(1, new OffsetSerializer().serialize(7L)))
                .isEqualTo(7);
        assertThatThrownBy(() -> serializer.deserialize(2, new byte[0]))
                .hasMessageContaining("version 2");
    }

    private static Collection<AppendedBytes> write(JsonLinesWriter writer, String... lines) {
        for (String line : lines) {
            writer.write(line, new Untimed());
        }
        return writer.prepareCommit();
    }

    /** An element without a time. */
    private record Untimed() implements SinkWriter.Context {

        @Override
        public long currentWatermark() {
            return Long.MIN_VALUE;
        }

        @Override
        public @Nullable Long timestamp() {
            return null;
        }
    }

    private static void commit(Path file, Collection<AppendedBytes> appended) throws IOException {
        try (var committer = new JsonLinesCommitter(file)) {
            committer.commit(Committed.all(appended));
        }
    }
}
