package io.millrace.connectors.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.Broker;
import io.millrace.connectors.kafka.Topics;
import io.millrace.connectors.replay.ReplayManifest.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplaySplitReaderTest {

    @RegisterExtension static final Broker BROKER = new Broker();

    @Test
    void fetch_readsTheSameOrderInEveryEpoch_whenOffsetsHaveHoles() throws Exception {
        BROKER.create("holes", 2);
        BROKER.transact("holes", 0, true, 0, 7);
        BROKER.transact("holes", 0, false, 100, 140);
        BROKER.transact("holes", 0, true, 7, 12);
        BROKER.transact("holes", 0, false, 200, 203);
        BROKER.fill("holes", 1, 0, 15);
        ReplayManifest frozen;
        try (Topics topics = BROKER.topics()) {
            frozen = ReplayManifest.freeze(topics, "holes");
        }
        var manifest = new ReplayManifest("holes", frozen.ranges(), 2, plain(10));
        BROKER.fill("holes", 1, 500, 520);

        assertThat(frozen.ranges()).containsExactly(new Range(0, 0, 59), new Range(1, 0, 15));
        List<ReplayRecord> all = read(new ReplaySplit(manifest, 0, 0));
        List<String> epoch = new ArrayList<>();
        IntStream.range(0, 7).forEach(i -> epoch.add("0:" + i));
        IntStream.range(0, 15).forEach(i -> epoch.add("1:" + i));
        IntStream.range(7, 12).forEach(i -> epoch.add("0:" + i));
        List<String> expected = new ArrayList<>();
        epoch.forEach(record -> expected.add("0/" + record));
        epoch.forEach(record -> expected.add("1/" + record));
        assertThat(texts(all)).isEqualTo(expected);

        for (int done : new int[] {0, 6, 7, 16, 26, 27, 33, 52}) {
            ReplayRecord last = all.get(done);
            var rest = new ReplaySplit(manifest, last.frame().sequence(), last.place() + 1);
            assertThat(texts(read(rest)))
                    .as("after %s", done)
                    .isEqualTo(expected.subList(done + 1, expected.size()));
        }
    }

    @Test
    void fetch_readsEverything_whenRecordsAreLargerThanAFetch() throws Exception {
        BROKER.create("long", 3);
        for (int partition = 0; partition < 3; partition++) {
            BROKER.fill("long", partition, 0, 700);
        }
        List<Range> ranges =
                List.of(new Range(0, 0, 700), new Range(1, 100, 700), new Range(2, 0, 0));

        List<ReplayRecord> all =
                read(new ReplaySplit(new ReplayManifest("long", ranges, 1, Shuffle.none()), 0, 0));

        assertThat(all).hasSize(1300);
        assertThat(texts(all.subList(256, 257))).containsExactly("0/1:100");
        assertThat(texts(all)).doesNotHaveDuplicates().endsWith("0/1:699");
    }

    @Test
    void fetch_fails_whenTheBeginningHasBeenDeleted() throws Exception {
        BROKER.create("lost", 1);
        BROKER.fill("lost", 0, 0, 10);
        try (Admin admin = Admin.create(BROKER.connection().clientProperties(Map.of()))) {
            admin.deleteRecords(
                            Map.of(new TopicPartition("lost", 0), RecordsToDelete.beforeOffset(4)))
                    .all()
                    .get();
        }
        var manifest = new ReplayManifest("lost", List.of(new Range(0, 2, 10)), 1, plain(256));

        assertThatThrownBy(() -> read(new ReplaySplit(manifest, 0, 0)))
                .isInstanceOf(LostOffsetsException.class)
                .hasMessageContaining("lost-0: the replay needs offset 2 but the earliest")
                .hasMessageContaining("available is 4");
        assertThat(texts(read(new ReplaySplit(manifest, 0, 6)))).containsExactly("0/0:8", "0/0:9");
        var behind = new ReplayManifest("lost", List.of(new Range(0, 0, 10)), 1, plain(2));
        assertThatThrownBy(() -> read(new ReplaySplit(behind, 1, 1)))
                .isInstanceOf(LostOffsetsException.class)
                .hasMessageContaining("needs offset 3 but the earliest available is 4");
    }

    @Test
    void fetch_fails_whenTheTopicEndsBeforeTheRange() throws Exception {
        BROKER.create("short", 1);
        BROKER.fill("short", 0, 0, 3);
        var manifest = new ReplayManifest("short", List.of(new Range(0, 0, 4)), 1, plain(256));

        assertThatThrownBy(() -> read(new ReplaySplit(manifest, 0, 0)))
                .hasMessageContaining("short-0: the replay reads up to offset 4 but the topic ends")
                .hasMessageContaining("at 3");
    }

    /** Holes, several partitions, several windows: resumed anywhere, the rest is the same. */
    @ParameterizedTest
    @EnumSource(value = Shuffle.Kind.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void fetch_resumesAnywhere_whenShuffled(Shuffle.Kind kind) throws Exception {
        String topic = "shuffled-" + kind.name().toLowerCase(Locale.ROOT);
        BROKER.create(topic, 2);
        for (int i = 0; i < 30; i++) {
            BROKER.transact(topic, 0, i % 3 != 0, 10 * i, 10 * i + 10);
        }
        BROKER.fill(topic, 1, 0, 150);
        var shuffle = new Shuffle(kind, 8, 4, 11);
        ReplayManifest manifest;
        try (Topics topics = BROKER.topics()) {
            manifest = ReplayManifest.freeze(topics, topic, Bounds.all(), 2, shuffle);
        }

        List<ReplayRecord> all = read(new ReplaySplit(manifest, 0, 0));

        List<String> expected = texts(all);
        assertThat(expected).hasSize(2 * 350).doesNotHaveDuplicates();
        assertThat(expected.subList(0, 350)).allMatch(text -> text.startsWith("0/"));
        List<String> first = expected.subList(0, 350).stream().map(t -> t.substring(1)).toList();
        List<String> second = expected.subList(350, 700).stream().map(t -> t.substring(1)).toList();
        assertThat(first).isNotEqualTo(second).containsExactlyInAnyOrderElementsOf(second);
        for (int done = 0; done < 699; done += 93) {
            ReplayRecord last = all.get(done);
            var rest = new ReplaySplit(manifest, last.frame().sequence(), last.place() + 1);
            assertThat(texts(read(rest)))
                    .as("after %s", done)
                    .isEqualTo(expected.subList(done + 1, expected.size()));
        }
    }

    private static Shuffle plain(int block) {
        return new Shuffle(Shuffle.Kind.NONE, block, 1, 0);
    }

    /** The records of a window, what is left of it, and of all after it. */
    private static List<ReplayRecord> read(ReplaySplit split) throws IOException {
        var turns = new Turns();
        turns.grant(split.window());
        var reader = new ReplaySplitReader(BROKER.connection(), turns);
        try {
            List<ReplaySplit> splits = new ArrayList<>();
            splits.add(split);
            long windows = new ReplayOrder(split.manifest()).windows();
            for (long window = split.window() + 1; window < windows; window++) {
                splits.add(new ReplaySplit(split.manifest(), window, 0));
            }
            reader.handleSplitsChanges(new SplitsAddition<>(splits));
            List<ReplayRecord> records = new ArrayList<>();
            Set<String> finished = new HashSet<>();
            while (finished.size() < splits.size()) {
                RecordsWithSplitIds<ReplayRecord> batch = reader.fetch();
                while (batch.nextSplit() != null) {
                    ReplayRecord record = batch.nextRecordFromSplit();
                    while (record != null) {
                        if (!record.frame().isEndOfWindow()) {
                            records.add(record);
                        }
                        record = batch.nextRecordFromSplit();
                    }
                }
                finished.addAll(batch.finishedSplits());
            }
            return records;
        } finally {
            reader.close();
        }
    }

    private static List<String> texts(List<ReplayRecord> records) {
        return records.stream()
                .map(r -> r.frame().position().epoch() + "/" + new String(r.frame().bytes(), UTF_8))
                .toList();
    }
}
