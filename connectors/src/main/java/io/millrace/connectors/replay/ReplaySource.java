package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.model.stream.Frame;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A frozen range of the image topic, read in epochs, each in an order that is a pure function of
 * (seed, epoch). Positions carry the epoch. It finishes, and resumes exactly after the last record
 * before a checkpoint, with the manifest of that checkpoint and not with the one given here.
 */
public final class ReplaySource
        implements Source<Frame, ReplaySplit, WaitingSplits>, ResultTypeQueryable<Frame> {

    private static final long serialVersionUID = 1L;

    private final KafkaConnection connection;
    private final ReplayManifest manifest;

    /**
     * @param manifest what to read, unless a checkpoint says it
     */
    public ReplaySource(KafkaConnection connection, ReplayManifest manifest) {
        this.connection = requireNonNull(connection, "connection");
        this.manifest = requireNonNull(manifest, "manifest");
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SplitEnumerator<ReplaySplit, WaitingSplits> createEnumerator(
            SplitEnumeratorContext<ReplaySplit> context) {
        return new ReplayEnumerator(context, List.of(ReplaySplit.whole(manifest)));
    }

    @Override
    public SplitEnumerator<ReplaySplit, WaitingSplits> restoreEnumerator(
            SplitEnumeratorContext<ReplaySplit> context, WaitingSplits waiting) {
        return new ReplayEnumerator(context, waiting.splits());
    }

    @Override
    public SourceReader<Frame, ReplaySplit> createReader(SourceReaderContext context) {
        return new ReplayReader(connection, context);
    }

    @Override
    public SimpleVersionedSerializer<ReplaySplit> getSplitSerializer() {
        return new ReplaySplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<WaitingSplits> getEnumeratorCheckpointSerializer() {
        return new WaitingSplitsSerializer();
    }

    @Override
    public TypeInformation<Frame> getProducedType() {
        return TypeInformation.of(Frame.class);
    }
}
