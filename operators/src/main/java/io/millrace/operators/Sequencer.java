package io.millrace.operators;

import io.millrace.model.stream.DeadLetter;
import io.millrace.model.stream.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Numbers each learner's frames once, before they fan out to the augmenters, so that batches follow
 * from the sequence and not from arrival. Frames of other learners leave by {@link #REJECTED} and
 * get no number: a header must not be able to start a training. Runs at parallelism 1, chained to
 * the source.
 */
public final class Sequencer extends ProcessFunction<Frame, Frame> implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    /** Frames of learners that are not trained here, for the reason {@link #UNKNOWN_LEARNER}. */
    public static final OutputTag<DeadLetter> REJECTED =
            new OutputTag<>("unknown-learner", TypeInformation.of(DeadLetter.class));

    /** The reason of a dead letter whose learner is not trained here. */
    public static final String UNKNOWN_LEARNER = "UNKNOWN_LEARNER";

    /** Each learner with the next number to give. */
    private static final ListStateDescriptor<Tuple2<String, Long>> NEXT =
            new ListStateDescriptor<>("next-sequence", Types.TUPLE(Types.STRING, Types.LONG));

    private final List<String> learners;

    private transient Map<String, Long> next;
    private transient ListState<Tuple2<String, Long>> savedNext;

    /** Numbers the frames of these learners. */
    public Sequencer(List<String> learners) {
        this.learners = List.copyOf(learners);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        next = new HashMap<>();
        savedNext = context.getOperatorStateStore().getListState(NEXT);
        for (Tuple2<String, Long> entry : savedNext.get()) {
            next.put(entry.f0, entry.f1);
        }
    }

    @Override
    public void processElement(Frame frame, Context context, Collector<Frame> out) {
        if (!learners.contains(frame.learner())) {
            context.output(REJECTED, new DeadLetter(frame, UNKNOWN_LEARNER, detail(frame)));
            return;
        }
        long sequence = next.getOrDefault(frame.learner(), 0L);
        next.put(frame.learner(), sequence + 1);
        out.collect(frame.numbered(sequence));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        List<Tuple2<String, Long>> entries = new ArrayList<>();
        next.forEach((learner, sequence) -> entries.add(Tuple2.of(learner, sequence)));
        savedNext.update(entries);
    }

    private String detail(Frame frame) {
        return "expected a learner of " + learners + ", got \"" + frame.learner() + "\"";
    }
}
