package io.millrace.operators;

import io.millrace.model.moco.Moco;
import io.millrace.model.moco.NamedArray;
import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.SnapshotPart;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import io.millrace.model.torch.Torch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Trains one encoder per key, a step per batch. Between checkpoints the device owns the tensors; at
 * a checkpoint everything that the next step depends on is written to keyed state: weights, both
 * encoders' statistics, optimiser, queue, counters and the partial batch. Every checkpoint also
 * publishes the encoder it holds, and so does the end of the input.
 */
public final class TrainOperator extends AbstractStreamOperator<StepReport>
        implements OneInputStreamOperator<ViewPair, StepReport>, BoundedOneInput {

    private static final long serialVersionUID = 1L;

    /** Labelled features of the batches trained on. */
    public static final OutputTag<FeatureBatch> FEATURES =
            new OutputTag<>("features", TypeInformation.of(FeatureBatch.class));

    /** Encoders to publish, in pieces. */
    public static final OutputTag<SnapshotPart> SNAPSHOTS =
            new OutputTag<>("snapshots", new SnapshotPartType());

    private static final ValueStateDescriptor<LearnerState> LEARNER =
            new ValueStateDescriptor<>("learner", TypeInformation.of(LearnerState.class));

    /** Tensors by the names that {@link Moco#state} gives them. */
    private static final MapStateDescriptor<String, Blob> TENSORS =
            new MapStateDescriptor<>("tensors", StringSerializer.INSTANCE, BlobSerializer.INSTANCE);

    /** The queue's keys, batchSize rows an entry (the last may have fewer), by entry. */
    private static final MapStateDescriptor<Integer, float[]> QUEUE =
            new MapStateDescriptor<>("queue", IntSerializer.INSTANCE, RowsSerializer.INSTANCE);

    /** The partial batch in sequence order, by place. */
    private static final MapStateDescriptor<Integer, ViewPair> PENDING =
            new MapStateDescriptor<>("pending", Types.INT, TypeInformation.of(ViewPair.class));

    private final TrainSettings settings;

    private transient ValueState<LearnerState> savedLearner;
    private transient MapState<String, Blob> savedTensors;
    private transient MapState<Integer, float[]> savedQueue;
    private transient MapState<Integer, ViewPair> savedPending;
    private transient Torch torch;
    private transient FirstWeights first;
    private transient Map<String, Learner> learners;
    private transient StepThread steps;

    /** The step of each learner's last published snapshot. */
    private transient Map<String, Long> published;

    /** The keys of each learner that state already holds. */
    private transient Map<String, Long> enqueuedInState;

    /** An operator that trains by the settings. */
    public TrainOperator(TrainSettings settings) {
        this.settings = settings;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        savedLearner = context.getKeyedStateStore().getState(LEARNER);
        savedTensors = context.getKeyedStateStore().getMapState(TENSORS);
        savedQueue = context.getKeyedStateStore().getMapState(QUEUE);
        savedPending = context.getKeyedStateStore().getMapState(PENDING);
    }

    @Override
    public void open() throws Exception {
        super.open();
        torch = Torch.start(Torch.Target.AUTO, threads());
        first = new FirstWeights(settings);
        learners = new TreeMap<>();
        steps =
                new StepThread(
                        getRuntimeContext().getTaskInfo().getTaskName(), mailbox(), this::finished);
        published = new HashMap<>();
        enqueuedInState = new HashMap<>();
        List<String> names;
        try (var keys =
                this.<String>getKeyedStateBackend()
                        .getKeys(LEARNER.getName(), VoidNamespace.INSTANCE)) {
            names = keys.sorted().toList();
        }
        for (String name : names) {
            setCurrentKey(name);
            restore(name);
        }
        if (names.isEmpty()) {
            first.open(); // what is wrong with it should show now, not at the first record
        }
    }

    @Override
    public void processElement(StreamRecord<ViewPair> element) {
        ViewPair pair = element.getValue();
        Learner learner = learners.computeIfAbsent(pair.learner(), this::begin);
        if (!learner.isDone()) {
            learner.offer(pair, () -> steps.start(learner));
        }
    }

    private void finished(Learner learner, List<FeatureBatch> features) {
        for (FeatureBatch batch : features) {
            output.collect(FEATURES, new StreamRecord<>(batch));
        }
        if (learner.reportIsDue()) {
            output.collect(new StreamRecord<>(learner.report()));
        }
        if (learner.isDone()) {
            publish(learner, false);
        }
    }

    private void publish(Learner learner, boolean completed) {
        learner.publish(completed, part -> output.collect(SNAPSHOTS, new StreamRecord<>(part)));
        published.put(learner.name(), completed ? Long.MAX_VALUE : learner.moco().steps());
    }

    @Override
    public void endInput() {
        for (Learner learner : learners.values()) {
            steps.finish(learner);
            if (learner.isDone()) {
                continue; // it has published its last
            }
            learner.end();
            if (!learner.reportIsDue()) {
                output.collect(new StreamRecord<>(learner.report()));
            }
            publish(learner, true);
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        for (Learner learner : learners.values()) {
            steps.finish(learner);
            long step = learner.moco().steps();
            if (step > published.getOrDefault(learner.name(), 0L)) {
                publish(learner, false);
            }
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        Object key = getCurrentKey();
        for (Learner learner : learners.values()) {
            setCurrentKey(learner.name());
            steps.finish(learner);
            save(learner);
        }
        if (key != null) {
            setCurrentKey(key);
        }
    }

    @Override
    public void close() throws Exception {
        if (steps != null) {
            steps.close();
        }
        if (learners != null) {
            learners.values().forEach(Learner::close);
        }
        if (torch != null) {
            torch.close();
        }
        if (first != null) {
            first.close();
        }
        super.close();
    }

    private MailboxExecutor mailbox() {
        return getContainingTask()
                .getMailboxExecutorFactory()
                .createExecutor(getOperatorConfig().getChainIndex());
    }

    /** All cores of the machine, if the settings leave it open. */
    private int threads() {
        return settings.threads() > 0
                ? settings.threads()
                : Runtime.getRuntime().availableProcessors();
    }

    private Learner begin(String name) {
        Moco moco = first.begin(torch);
        var nothing = LearnerState.nothing(CheckpointShape.of(settings.moco()));
        return new Learner(name, settings, moco, nothing);
    }

    private void save(Learner learner) throws Exception {
        Moco moco = learner.moco();
        for (var tensor : moco.state()) {
            savedTensors.put(tensor.name(), new Blob(tensor.data()));
        }
        saveQueue(learner);
        savedPending.clear();
        for (int place = 0; place < learner.pending().size(); place++) {
            savedPending.put(place, learner.pending().get(place));
        }
        savedLearner.update(learner.state());
    }

    /** Writes the entries that hold keys enqueued since the last checkpoint. */
    private void saveQueue(Learner learner) throws Exception {
        int capacity = settings.moco().contrast().queued();
        int rows = settings.moco().batchSize();
        long enqueued = learner.moco().enqueued();
        Long known = enqueuedInState.put(learner.name(), enqueued);
        boolean all = known == null || enqueued - known >= capacity;
        int entries = (capacity + rows - 1) / rows;
        for (int entry = 0; entry < entries; entry++) {
            int from = entry * rows;
            int count = Math.min(rows, capacity - from);
            if (all || overlaps(known, enqueued, from, count)) {
                savedQueue.put(entry, learner.moco().queueRows(from, count));
            }
        }
    }

    /** Whether keys enqueued since then, fewer than K, lie in the rows [from, from + count). */
    private boolean overlaps(long then, long now, int from, int count) {
        int capacity = settings.moco().contrast().queued();
        long start = then % capacity;
        long end = start + now - then;
        boolean direct = from < end && from + count > start;
        boolean wrapped = from + capacity < end;
        return direct || wrapped;
    }

    private void restore(String name) throws Exception {
        LearnerState state = savedLearner.value();
        state.requireFits(name, CheckpointShape.of(settings.moco()));
        List<NamedArray> tensors = new ArrayList<>();
        for (var entry : savedTensors.entries()) {
            tensors.add(new NamedArray(entry.getKey(), entry.getValue().bytes()));
        }
        Moco moco = first.beginAgain(torch);
        moco.restore(tensors);
        for (var entry : savedQueue.entries()) {
            moco.restoreQueueRows(entry.getKey() * settings.moco().batchSize(), entry.getValue());
        }
        var learner = new Learner(name, settings, moco, state);
        for (ViewPair pair : new TreeMap<>(pendingByPlace()).values()) {
            learner.append(pair);
        }
        learners.put(name, learner);
        published.put(name, moco.steps());
        enqueuedInState.put(name, moco.enqueued());
    }

    private Map<Integer, ViewPair> pendingByPlace() throws Exception {
        Map<Integer, ViewPair> pending = new HashMap<>();
        for (var entry : savedPending.entries()) {
            pending.put(entry.getKey(), entry.getValue());
        }
        return pending;
    }
}
