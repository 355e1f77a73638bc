package io.millrace.operators;

import io.millrace.model.evaluation.OnlineProbe;
import io.millrace.model.evaluation.ProbeState;
import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.ProbeReport;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps a linear classifier on the labelled features of one encoder and reports its test-then-train
 * accuracy. Keyed by learner and encoder ({@link #key}).
 */
public final class ProbeFunction extends KeyedProcessFunction<String, FeatureBatch, ProbeReport> {

    private static final long serialVersionUID = 1L;

    private static final ValueStateDescriptor<ProbeState> PROBE =
            new ValueStateDescriptor<>("probe", TypeInformation.of(ProbeState.class));

    private final int window;
    private final double learningRate;
    private final int everySteps;

    private transient ValueState<ProbeState> saved;

    /**
     * A probe for each key.
     *
     * @param window records that the accuracy covers
     * @param everySteps reports when the training step is a multiple of it
     */
    public ProbeFunction(int window, double learningRate, int everySteps) {
        this.window = window;
        this.learningRate = learningRate;
        this.everySteps = everySteps;
    }

    /** The key of a batch. */
    public static String key(FeatureBatch batch) {
        return batch.learner() + "/" + batch.encoder();
    }

    @Override
    public void open(OpenContext context) {
        saved = getRuntimeContext().getState(PROBE);
    }

    @Override
    public void processElement(FeatureBatch batch, Context context, Collector<ProbeReport> out)
            throws Exception {
        ProbeState state = saved.value();
        OnlineProbe probe =
                state == null
                        ? new OnlineProbe(batch.width(), window, learningRate)
                        : OnlineProbe.restore(state, window, learningRate);
        probe.observe(batch.labels(), batch.values());
        saved.update(probe.state());
        if (batch.step() % everySteps == 0) {
            out.collect(report(batch, probe));
        }
    }

    private static ProbeReport report(FeatureBatch batch, OnlineProbe probe) {
        return new ProbeReport(
                batch.learner(),
                batch.encoder(),
                batch.step(),
                probe.records(),
                probe.accuracy(),
                probe.windowFilled(),
                probe.classes().size(),
                System.currentTimeMillis());
    }
}
