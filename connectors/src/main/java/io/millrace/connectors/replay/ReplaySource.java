package io.millrace.connectors.replay;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.model.stream.Frame;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A frozen range of the image topic, read in epochs, each in an order that is a pure function of
 * (seed, epoch). Positions carry the epoch, and until they are numbered frames carry their window
 * in place of a sequence: several readers emit windows in turn, and what follows puts them in
 * order. It finishes, and resumes exactly after the last record before a checkpoint, with the
 * manifest of that checkpoint and not with the one given here.
 */
public final class ReplaySource
        implements Source<Frame, ReplaySplit, EnumeratorState>, ResultTypeQueryable<Frame> {

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

    /** What is read, unless a checkpoint says it. */
    public ReplayManifest manifest() {
        return manifest;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public ReplayEnumerator createEnumerator(SplitEnumeratorContext<ReplaySplit> context) {
        return new ReplayEnumerator(context, EnumeratorState.beginning(manifest));
    }

    @Override
    public ReplayEnumerator restoreEnumerator(
            SplitEnumeratorContext<ReplaySplit> context, EnumeratorState state) {
        return new ReplayEnumerator(context, state);
    }

    @Override
    public SourceReader<Frame, ReplaySplit> createReader(SourceReaderContext context) {
        return ReplayReader.of(connection, context);
    }

    @Override
    public SimpleVersionedSerializer<ReplaySplit> getSplitSerializer() {
        return new ReplaySplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<EnumeratorState> getEnumeratorCheckpointSerializer() {
        return new EnumeratorStateSerializer();
    }

    @Override
    public TypeInformation<Frame> getProducedType() {
        return TypeInformation.of(Frame.class);
    }
}
