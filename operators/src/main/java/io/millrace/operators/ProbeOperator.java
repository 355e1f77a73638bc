package io.millrace.operators;

import io.millrace.model.evaluation.OnlineProbe;
import io.millrace.model.evaluation.OnlineProbe.Neighbourhood;
import io.millrace.model.evaluation.ProbeSettings;
import io.millrace.model.evaluation.ProbeState;
import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.ProbeReport;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps classifiers on the labelled features of one encoder per key ({@link #key}) and reports
 * their test-then-train accuracies. As in {@link TrainOperator}, keyed state is written at
 * checkpoints only: a bank of features is megabytes, too much to copy for every batch.
 */
public final class ProbeOperator extends AbstractStreamOperator<ProbeReport>
        implements OneInputStreamOperator<FeatureBatch, ProbeReport>, BoundedOneInput {

    private static final long serialVersionUID = 1L;

    private static final ValueStateDescriptor<ProbeState> PROBE =
            new ValueStateDescriptor<>("probe", TypeInformation.of(ProbeState.class));

    /** Beside each probe, which layout its state has. */
    private static final ValueStateDescriptor<Integer> LAYOUT =
            new ValueStateDescriptor<>("probe-layout", Types.INT);

    /** Of {@link ProbeState} as it is now. */
    private static final int VERSION = 1;

    private final ProbeSettings settings;
    private final int everySteps;

    private transient ValueState<ProbeState> saved;
    private transient ValueState<Integer> savedLayout;
    private transient Map<String, OnlineProbe> probes;

    /** The newest batch of each key, where no report has followed it. */
    private transient Map<String, FeatureBatch> unreported;

    /**
     * A probe for each key.
     *
     * @param everySteps reports when the training step is a multiple of it
     */
    public ProbeOperator(ProbeSettings settings, int everySteps) {
        this.settings = settings;
        this.everySteps = everySteps;
    }

    /** The key of a batch. */
    public static String key(FeatureBatch batch) {
        return batch.learner() + "/" + batch.encoder();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        saved = context.getKeyedStateStore().getState(PROBE);
        savedLayout = context.getKeyedStateStore().getState(LAYOUT);
    }

    @Override
    public void open() throws Exception {
        super.open();
        probes = new TreeMap<>();
        unreported = new TreeMap<>();
        List<String> names;
        try (var keys =
                this.<String>getKeyedStateBackend()
                        .getKeys(PROBE.getName(), VoidNamespace.INSTANCE)) {
            names = keys.sorted().toList();
        }
        for (String name : names) {
            setCurrentKey(name);
            requireLayout(name, savedLayout.value());
            probes.put(name, OnlineProbe.restore(saved.value(), settings));
        }
    }

    @Override
    public void processElement(StreamRecord<FeatureBatch> element) {
        FeatureBatch batch = element.getValue();
        OnlineProbe probe =
                probes.computeIfAbsent(key(batch), key -> new OnlineProbe(batch.width(), settings));
        requireWidth(batch, probe);
        probe.observe(batch.labels(), batch.values());
        if (batch.step() % everySteps == 0) {
            output.collect(new StreamRecord<>(report(batch, probe)));
            unreported.remove(key(batch));
        } else {
            unreported.put(key(batch), batch);
        }
    }

    @Override
    public void endInput() {
        probes.forEach(
                (key, probe) -> {
                    FeatureBatch batch = unreported.get(key);
                    if (batch != null) {
                        output.collect(new StreamRecord<>(report(batch, probe)));
                    }
                });
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        Object key = getCurrentKey();
        for (var probe : probes.entrySet()) {
            setCurrentKey(probe.getKey());
            saved.update(probe.getValue().state());
            savedLayout.update(VERSION);
        }
        if (key != null) {
            setCurrentKey(key);
        }
    }

    static void requireLayout(String name, @Nullable Integer layout) {
        if (layout == null || layout != VERSION) {
            throw unfit(
                    "probe %s: the checkpoint has state layout %s, expected %d; restore with the version of Millrace that wrote it, or %s"
                            .formatted(
                                    name,
                                    layout == null ? "none" : layout,
                                    VERSION,
                                    CheckpointShape.WAY_ACROSS));
        }
    }

    private static void requireWidth(FeatureBatch batch, OnlineProbe probe) {
        if (batch.width() != probe.width()) {
            throw unfit(
                    "probe %s: the checkpoint's classifiers have %d features, the encoder gives %d (encoder.architecture); restore with the checkpoint's settings, or %s"
                            .formatted(
                                    key(batch),
                                    probe.width(),
                                    batch.width(),
                                    CheckpointShape.WAY_ACROSS));
        }
    }

    /** A restart would only find the same. */
    private static SuppressRestartsException unfit(String message) {
        return new SuppressRestartsException(new IllegalStateException(message));
    }

    private static ProbeReport report(FeatureBatch batch, OnlineProbe probe) {
        return new ProbeReport(
                batch.learner(),
                batch.encoder(),
                batch.step(),
                new ProbeReport.Known(
                        probe.records(), probe.classes().size(), probe.state().sha256()),
                new ProbeReport.Accuracy(probe.accuracy(), probe.windowFilled()),
                probe.neighbourhood().map(ProbeOperator::bank).orElse(null),
                System.currentTimeMillis());
    }

    private static ProbeReport.@Nullable Bank bank(Neighbourhood neighbourhood) {
        return new ProbeReport.Bank(
                new ProbeReport.Accuracy(neighbourhood.accuracy(), neighbourhood.window()),
                neighbourhood.records(),
                neighbourhood.deviation(),
                neighbourhood.rankMe(),
                neighbourhood.rankOf());
    }
}
