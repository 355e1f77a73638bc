package io.millrace.operators;

import static java.util.Objects.requireNonNull;

import com.sun.management.ThreadMXBean;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.SnapshotStaging;
import io.millrace.model.snapshot.StagedSnapshot;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.Position;
import io.millrace.model.stream.SnapshotPart;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStreamFactory;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/**
 * A trainer that is fed random views and takes checkpoints to files, with what the sink's writer
 * does to its snapshots: both are one task in a job.
 */
final class CheckpointRun implements AutoCloseable {

    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * What a checkpoint took.
     *
     * @param pauseMillis the trainer stood still: handing over the encoder, staging it, writing the
     *     state to the backend
     * @param copyMillis of that, copying from the device and handing over
     * @param stageMillis of that, writing the encoder's files through to the disk
     * @param asyncMillis writing the checkpoint's file, beside the training
     * @param heapBytes allocated by all of it
     */
    record Cost(
            double pauseMillis,
            double copyMillis,
            double stageMillis,
            double asyncMillis,
            long heapBytes,
            OperatorSubtaskState state) {}

    private final Path directory;
    private final MocoSettings moco;
    private final KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness;
    private final CheckpointStreamFactory files;
    private long sequence;
    private long checkpoint;

    CheckpointRun(TrainSettings settings, StateBackend backend, Path directory) throws Exception {
        this.directory = directory;
        moco = settings.moco();
        harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new TrainOperator(settings), ViewPair::learner, Types.STRING);
        harness.setStateBackend(backend);
        var path = new org.apache.flink.core.fs.Path(directory.toUri());
        FileSystem local = FileSystem.getLocalFileSystem();
        files = new FsCheckpointStreamFactory(local, path, path, 20 << 10, 4096);
    }

    /** Starts from nothing, or from a checkpoint; returns the milliseconds that it took. */
    double open(OperatorSubtaskState... restored) throws Exception {
        long began = System.nanoTime();
        for (OperatorSubtaskState state : restored) {
            harness.initializeState(state);
        }
        harness.open();
        return (System.nanoTime() - began) / 1e6;
    }

    /** Trains; returns the milliseconds that it took. */
    double step(int steps) throws Exception {
        long began = System.nanoTime();
        for (int i = 0; i < steps * moco.batchSize(); i++) {
            harness.processElement(pair(sequence++, moco.side()), 0);
        }
        Fixtures.awaitSteps(harness, steps);
        return (System.nanoTime() - began) / 1e6;
    }

    /** Takes a checkpoint. */
    Cost checkpoint() throws Exception {
        checkpoint++;
        long heap = THREAD.getCurrentThreadAllocatedBytes();
        long began = System.nanoTime();
        harness.prepareSnapshotPreBarrier(checkpoint);
        long copied = System.nanoTime();
        stage(requireNonNull(harness.getSideOutput(TrainOperator.SNAPSHOTS)));
        long staged = System.nanoTime();
        var snapshot =
                harness.getOperator()
                        .snapshotState(
                                checkpoint,
                                checkpoint,
                                CheckpointOptions.forCheckpointWithDefaultLocation(),
                                files);
        long paused = System.nanoTime();
        var state = OperatorSnapshotFinalizer.create(snapshot).getJobManagerOwnedState();
        long written = System.nanoTime();
        harness.notifyOfCompletedCheckpoint(checkpoint);
        return new Cost(
                (paused - began) / 1e6,
                (copied - began) / 1e6,
                (staged - copied) / 1e6,
                (written - paused) / 1e6,
                THREAD.getCurrentThreadAllocatedBytes() - heap,
                state);
    }

    private void stage(Queue<StreamRecord<SnapshotPart>> parts) throws IOException {
        var description =
                new SnapshotDescription(
                        moco.encoder().architecture(),
                        Normalization.CIFAR10,
                        moco.side(),
                        Map.of(),
                        Map.of());
        var snapshots = new SnapshotDirectory(directory);
        long step = requireNonNull(parts.peek()).getValue().step();
        try (SnapshotStaging staging = snapshots.begin(Frame.DEFAULT_LEARNER, step)) {
            for (var next = parts.poll(); next != null; next = parts.poll()) {
                if (next.getValue().progress() == null) {
                    staging.append(next.getValue());
                } else {
                    StagedSnapshot staged =
                            staging.finish(next.getValue(), description, Instant.EPOCH);
                    snapshots.publish(staged);
                }
            }
        }
        snapshots.prune(Frame.DEFAULT_LEARNER, 1);
    }

    /** Bytes of the newest checkpoint's and snapshots' files. */
    long bytes() throws IOException {
        try (var found = Files.walk(directory)) {
            long sum = 0;
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }

    private static ViewPair pair(long sequence, int side) {
        byte[] views = new byte[2 * side * side * 3];
        new Random(sequence).nextBytes(views);
        var position = new Position("images", 0, sequence, 0);
        return new ViewPair(position, sequence, Frame.DEFAULT_LEARNER, null, views);
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
