package io.millrace.operators;

import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.ViewPair;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.ExceptionUtils;

/**
 * Takes the steps of a subtask's learners on a thread of its own, so that the task's thread
 * receives the next batch meanwhile. A learner has one step under way at most; what follows a step
 * happens on the task's thread, before the learner's next step starts.
 *
 * <p>All methods are for the task's thread. While a step is under way, nothing else may touch the
 * learner's {@link Learner#moco}.
 */
final class StepThread implements AutoCloseable {

    private final ExecutorService thread;
    private final MailboxExecutor mailbox;
    private final BiConsumer<Learner, List<FeatureBatch>> finished;
    private final Map<Learner, FutureTask<List<FeatureBatch>>> underWay = new HashMap<>();

    /**
     * A thread without work.
     *
     * @param name of the task
     * @param mailbox of the task
     * @param finished what follows a step, with the features it gave
     */
    StepThread(
            String name,
            MailboxExecutor mailbox,
            BiConsumer<Learner, List<FeatureBatch>> finished) {
        this.thread =
                Executors.newSingleThreadExecutor(work -> new Thread(work, "step of " + name));
        this.mailbox = mailbox;
        this.finished = finished;
    }

    /** Starts a step on the learner's pending batch, when its last step is finished. */
    void start(Learner learner) {
        finish(learner);
        List<ViewPair> batch = learner.take();
        var step =
                new FutureTask<List<FeatureBatch>>(() -> learner.train(batch)) {
                    @Override
                    protected void done() {
                        announce(learner, this);
                    }
                };
        thread.execute(step);
        underWay.put(learner, step);
    }

    /** Waits for the learner's step, if one is under way. */
    void finish(Learner learner) {
        FutureTask<List<FeatureBatch>> step = underWay.remove(learner);
        if (step != null) {
            finished.accept(learner, outcome(step));
        }
    }

    /** On the step's thread: a step that nobody waits for is finished as soon as it is done. */
    private void announce(Learner learner, FutureTask<?> step) {
        try {
            mailbox.execute(
                    () -> {
                        if (underWay.get(learner) == step) {
                            finish(learner);
                        }
                    },
                    "a step of learner %s is done",
                    learner.name());
        } catch (RejectedExecutionException e) {
            // The task is at its end, where it waits for its steps itself.
        }
    }

    private static List<FeatureBatch> outcome(FutureTask<List<FeatureBatch>> step) {
        try {
            return step.get();
        } catch (ExecutionException e) {
            ExceptionUtils.rethrow(e.getCause());
            throw new AssertionError("unreachable", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the task was cancelled during a training step", e);
        }
    }

    /** Waits for the step that runs: tensors must not be freed before. What waits is dropped. */
    @Override
    public void close() {
        thread.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                if (thread.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
