package io.millrace.tests;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Transactions;
import io.millrace.connectors.snapshots.SnapshotSink;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.Safetensors;
import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.StagedSnapshot;
import io.millrace.model.snapshot.TensorInfo;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.OffsetRange;
import io.millrace.model.stream.Progress;
import io.millrace.model.stream.SnapshotPart;
import io.millrace.model.stream.SnapshotParts;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;

/**
 * A program that publishes snapshots through the sink's writer and committer as fast as it can,
 * calling them as Flink does: stage, take a checkpoint that holds what is staged, commit. It goes
 * on from its last checkpoint when started again, and ends when it finds a file named {@code end}.
 */
final class PublishingChild {

    static final String TOPIC = "encoders";
    static final String LEARNER = "cam";
    static final String END = "end";

    private static final int BATCH = 8;
    private static final Architecture ENCODER =
            new Architecture(Architecture.Block.BASIC, Architecture.Stem.CIFAR, 32, List.of(1, 1));

    private final Path out;
    private final SnapshotSink sink;
    private final CommittingSinkWriter<SnapshotPart, StagedSnapshot> writer;
    private final Committer<StagedSnapshot> committer;
    private final List<StagedSnapshot> uncommitted = new ArrayList<>();
    private long step;

    @SuppressWarnings({"unchecked", "NullAway"}) // the sink asks nothing of its context
    private PublishingChild(String bootstrap, Path out) {
        this.out = out;
        sink =
                new SnapshotSink(
                        new SnapshotSink.Destination(out.toString(), 2),
                        new SnapshotDescription(
                                ENCODER,
                                Normalization.CIFAR10,
                                8,
                                Map.of("training.batch-size", "" + BATCH),
                                Map.of()),
                        KafkaConnection.to(bootstrap),
                        TOPIC,
                        Transactions.named("publishing-" + TOPIC));
        writer = (CommittingSinkWriter<SnapshotPart, StagedSnapshot>) sink.createWriter(null);
        committer = sink.createCommitter(null);
    }

    /** Bootstrap servers, output directory, and a seed of which commits come late. */
    public static void main(String[] words) throws Exception {
        new PublishingChild(words[0], Path.of(words[1])).run(new Random(Long.parseLong(words[2])));
    }

    private void run(Random random) throws Exception {
        restore();
        commit();
        while (!Files.exists(out.resolve(END))) {
            step++;
            stage(false);
            checkpoint();
            // Now and then the notice that a checkpoint is complete gets lost.
            if (random.nextInt(4) > 0) {
                commit();
                System.out.println("published");
            }
        }
        stage(true);
        checkpoint();
        commit();
        writer.close();
        committer.close();
    }

    @SuppressWarnings("NullAway") // the writer asks nothing of its context
    private void stage(boolean completed) throws Exception {
        long images = step * BATCH;
        var consumed = List.of(new OffsetRange("images", 0, 0, 0, images, images, 0));
        var progress = new Progress(LEARNER, step, images, 0, consumed);
        byte[] head = Safetensors.encode(List.of(), Map.of());
        List<SnapshotPart> parts = new ArrayList<>();
        SnapshotParts.of(new EncoderSnapshot(progress, weights(step), head, completed), parts::add);
        for (SnapshotPart part : parts) {
            writer.write(part, null);
        }
        writer.flush(completed);
        uncommitted.addAll(writer.prepareCommit());
    }

    private static byte[] weights(long step) {
        List<NamedTensor> tensors = new ArrayList<>();
        for (Layout.Entry entry : Layout.of(ENCODER, new Head(Head.Kind.LINEAR, 1)).entries()) {
            boolean counter = entry.kind() == Layout.Entry.Kind.BATCHES;
            var type = counter ? TensorInfo.Type.I64 : TensorInfo.Type.F32;
            byte[] bytes = new byte[Math.toIntExact(entry.size()) * type.bytes()];
            Arrays.fill(bytes, (byte) step);
            if (!entry.isHead()) {
                ByteBuffer data = ByteBuffer.wrap(bytes);
                tensors.add(new NamedTensor(entry.name(), type, entry.shape(), data));
            }
        }
        return Safetensors.encode(tensors, Map.of());
    }

    private void commit() throws Exception {
        committer.commit(Requested.all(uncommitted));
        uncommitted.clear();
    }

    private void checkpoint() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var data = new DataOutputStream(bytes);
        data.writeLong(step);
        data.writeInt(uncommitted.size());
        for (StagedSnapshot staged : uncommitted) {
            byte[] serialized = sink.getCommittableSerializer().serialize(staged);
            data.writeInt(serialized.length);
            data.write(serialized);
        }
        Path next = out.resolve("checkpoint.next");
        try (var channel =
                FileChannel.open(
                        next,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.wrap(bytes.toByteArray()));
            channel.force(true);
        }
        Files.move(
                next,
                out.resolve("checkpoint"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private void restore() throws IOException {
        Path checkpoint = out.resolve("checkpoint");
        if (!Files.exists(checkpoint)) {
            return;
        }
        try (var data = new DataInputStream(Files.newInputStream(checkpoint))) {
            step = data.readLong();
            int version = sink.getCommittableSerializer().getVersion();
            for (int left = data.readInt(); left > 0; left--) {
                byte[] serialized = data.readNBytes(data.readInt());
                uncommitted.add(sink.getCommittableSerializer().deserialize(version, serialized));
            }
        }
    }

    /** A request to commit, which must not fail. */
    private record Requested(StagedSnapshot getCommittable)
            implements Committer.CommitRequest<StagedSnapshot> {

        static Collection<Committer.CommitRequest<StagedSnapshot>> all(
                List<StagedSnapshot> staged) {
            return new ArrayList<>(staged.stream().map(Requested::new).toList());
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void retryLater() {
            throw new AssertionError("retried " + this);
        }

        @Override
        public void updateAndRetryLater(StagedSnapshot updated) {
            throw new AssertionError("retried " + updated);
        }

        @Override
        public void signalAlreadyCommitted() {}
    }
}
