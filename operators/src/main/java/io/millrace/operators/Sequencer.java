package io.millrace.operators;

import io.millrace.model.stream.DeadLetter;
import io.millrace.model.stream.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
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
 * from the sequence and not from arrival. Frames of a replay come from several readers in windows,
 * each closed by its end; they are put in the order of the windows, and what comes early is held
 * back, still encoded. Frames of other learners leave by {@link #REJECTED} and get no number: a
 * header must not be able to start a training. Runs at parallelism 1.
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

    /** The window whose frames are numbered now; one element. */
    private static final ListStateDescriptor<Long> WINDOW =
            new ListStateDescriptor<>("window", Types.LONG);

    /** Frames of later windows, those of a window in its order. */
    private static final ListStateDescriptor<Frame> EARLY =
            new ListStateDescriptor<>("early", TypeInformation.of(Frame.class));

    private final List<String> learners;

    private transient Map<String, Long> next;
    private transient long window;
    private transient TreeMap<Long, List<Frame>> early;
    private transient ListState<Tuple2<String, Long>> savedNext;
    private transient ListState<Long> savedWindow;
    private transient ListState<Frame> savedEarly;

    /** Numbers the frames of these learners. */
    public Sequencer(List<String> learners) {
        this.learners = List.copyOf(learners);
    }

    @Override
    public void open(OpenContext context) {
        int subtasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        if (subtasks > 1) {
            throw new IllegalStateException(
                    "the sequencer runs in one subtask, got "
                            + subtasks
                            + "; numbers would repeat");
        }
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        next = new HashMap<>();
        savedNext = context.getOperatorStateStore().getListState(NEXT);
        for (Tuple2<String, Long> entry : savedNext.get()) {
            next.put(entry.f0, entry.f1);
        }
        savedWindow = context.getOperatorStateStore().getListState(WINDOW);
        window = 0;
        for (long saved : savedWindow.get()) {
            window = saved;
        }
        savedEarly = context.getOperatorStateStore().getListState(EARLY);
        early = new TreeMap<>();
        savedEarly.get().forEach(this::holdBack);
    }

    @Override
    public void processElement(Frame frame, Context context, Collector<Frame> out) {
        if (frame.sequence() == Frame.UNNUMBERED) {
            number(frame, context, out);
        } else if (frame.sequence() > window) {
            holdBack(frame);
        } else if (frame.isEndOfWindow()) {
            end(frame.sequence(), context, out);
        } else if (frame.sequence() < window) {
            throw new IllegalStateException(
                    "%s belongs to window %d of the replay, which has ended; expected window %d or later"
                            .formatted(frame.position(), frame.sequence(), window));
        } else {
            number(frame, context, out);
        }
    }

    private void holdBack(Frame frame) {
        early.computeIfAbsent(frame.sequence(), w -> new ArrayList<>()).add(frame);
    }

    /** A reader that was restored just after an end repeats it. */
    private void end(long ended, Context context, Collector<Frame> out) {
        if (ended == window) {
            window++;
            List<Frame> waiting = early.remove(window);
            if (waiting != null) {
                waiting.forEach(frame -> processElement(frame, context, out));
            }
        }
    }

    private void number(Frame frame, Context context, Collector<Frame> out) {
        if (!learners.contains(frame.learner())) {
            Frame unnumbered = frame.numbered(Frame.UNNUMBERED);
            context.output(REJECTED, new DeadLetter(unnumbered, UNKNOWN_LEARNER, detail(frame)));
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
        savedWindow.update(List.of(window));
        savedEarly.update(early.values().stream().flatMap(List::stream).toList());
    }

    private String detail(Frame frame) {
        return "expected a learner of " + learners + ", got \"" + frame.learner() + "\"";
    }
}
