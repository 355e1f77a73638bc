package io.millrace.connectors.hybrid;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.hybrid.PhaseSplit.History;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.live.LiveSource;
import io.millrace.connectors.live.StartAt;
import io.millrace.connectors.replay.EnumeratorState;
import io.millrace.connectors.replay.ReplayEnumerator;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.connectors.replay.ReplaySplit;
import io.millrace.model.stream.Frame;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A frozen range of the image topic in epochs, then the topic from the range's end on, without gap
 * or repeat, and without end unless one is given. Frames of the live feed carry a window and an
 * epoch as well, one more than the history has, so that what follows puts them behind it whoever
 * read them. Partitions that are not in the range are read from their beginning.
 */
public final class HistoryThenLiveSource
        implements Source<Frame, PhaseSplit, HybridState>, ResultTypeQueryable<Frame> {

    private static final long serialVersionUID = 1L;

    private final KafkaConnection connection;
    private final ReplayManifest manifest;
    private final @Nullable String group;

    /** Where the partitions of the feed end; empty if they do not. */
    private final Map<Integer, Long> stopOffsets;

    private HistoryThenLiveSource(
            KafkaConnection connection,
            ReplayManifest manifest,
            @Nullable String group,
            Map<Integer, Long> stopOffsets) {
        this.connection = requireNonNull(connection, "connection");
        this.manifest = requireNonNull(manifest, "manifest");
        this.group = group;
        this.stopOffsets = Map.copyOf(stopOffsets);
    }

    /**
     * Follows the feed without end.
     *
     * @param manifest the history, unless a checkpoint says it
     * @param group the consumer group whose offsets show the lag of the live feed
     */
    public static HistoryThenLiveSource unbounded(
            KafkaConnection connection, ReplayManifest manifest, String group) {
        return new HistoryThenLiveSource(
                connection, manifest, requireNonNull(group, "group"), Map.of());
    }

    /**
     * Follows the feed's partitions named, each up to its stop offset, and finishes; belongs to no
     * consumer group.
     *
     * @param stopOffsets one past the last offset to read, by partition
     */
    public static HistoryThenLiveSource bounded(
            KafkaConnection connection, ReplayManifest manifest, Map<Integer, Long> stopOffsets) {
        LiveSource.requireStops(manifest.topic(), stopOffsets);
        return new HistoryThenLiveSource(connection, manifest, null, stopOffsets);
    }

    /** The history, where no checkpoint says another. */
    public ReplayManifest manifest() {
        return manifest;
    }

    @Override
    public Boundedness getBoundedness() {
        return stopOffsets.isEmpty() ? Boundedness.CONTINUOUS_UNBOUNDED : Boundedness.BOUNDED;
    }

    @Override
    public SplitEnumerator<PhaseSplit, HybridState> createEnumerator(
            SplitEnumeratorContext<PhaseSplit> context) throws Exception {
        return enumerator(context, null);
    }

    @Override
    public SplitEnumerator<PhaseSplit, HybridState> restoreEnumerator(
            SplitEnumeratorContext<PhaseSplit> context, HybridState state) throws Exception {
        return enumerator(context, state);
    }

    private HybridEnumerator enumerator(
            SplitEnumeratorContext<PhaseSplit> context, @Nullable HybridState state)
            throws Exception {
        var windows =
                new PhaseContext<ReplaySplit>(context, History::new, () -> true, reader -> {});
        ReplayEnumerator history =
                state == null
                        ? replay().createEnumerator(windows)
                        : replay().restoreEnumerator(windows, state.history());
        ReplayManifest frozen = state == null ? manifest : state.history().manifest();
        return new HybridEnumerator(
                context,
                history,
                feed(StartAt.endOf(frozen)),
                Continuation.of(frozen),
                state == null ? null : state.live());
    }

    @Override
    public SourceReader<Frame, PhaseSplit> createReader(SourceReaderContext context)
            throws Exception {
        return new HybridReader(
                replay().createReader(context),
                feed(StartAt.endOf(manifest)).createReader(context));
    }

    private ReplaySource replay() {
        return new ReplaySource(connection, manifest);
    }

    private LiveSource feed(StartAt start) {
        return stopOffsets.isEmpty()
                ? LiveSource.unbounded(connection, manifest.topic(), group, start)
                : LiveSource.bounded(connection, manifest.topic(), group, start, stopOffsets);
    }

    @Override
    public SimpleVersionedSerializer<PhaseSplit> getSplitSerializer() {
        return new PhaseSplitSerializer(
                replay().getSplitSerializer(), feed(StartAt.endOf(manifest)).getSplitSerializer());
    }

    @Override
    public SimpleVersionedSerializer<HybridState> getEnumeratorCheckpointSerializer() {
        SimpleVersionedSerializer<EnumeratorState> history =
                replay().getEnumeratorCheckpointSerializer();
        return new HybridStateSerializer(
                history, feed(StartAt.endOf(manifest)).getEnumeratorCheckpointSerializer());
    }

    @Override
    public TypeInformation<Frame> getProducedType() {
        return TypeInformation.of(Frame.class);
    }
}
