package io.millrace.operators;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.moco.Moco;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import io.millrace.model.torch.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.function.ThrowingRunnable;
import org.junit.jupiter.api.Test;

class StepThreadTest {

    @Test
    void step_isUnderWay_whileTheNextBatchArrives() throws Exception {
        try (var harness = harness()) {
            harness.open();
            feed(harness, 0, 2 * Fixtures.BATCH - 1);
            // Its outcome waits in the mailbox, however long ago the step was done.
            assertThat(harness.extractOutputValues()).isEmpty();

            feed(harness, 2 * Fixtures.BATCH - 1, 2 * Fixtures.BATCH);
            assertThat(steps(harness)).containsExactly(1L);
            harness.prepareSnapshotPreBarrier(1);
            assertThat(steps(harness)).containsExactly(1L, 2L);
            Fixtures.awaitSteps(harness, 2);
            assertThat(steps(harness)).containsExactly(1L, 2L);
        }
    }

    @Test
    void step_isFinishedWithoutAnotherRecord() throws Exception {
        try (var harness = harness()) {
            harness.open();
            feed(harness, 0, Fixtures.BATCH);
            Fixtures.awaitSteps(harness, 1);
            assertThat(steps(harness)).containsExactly(1L);
        }
    }

    @Test
    void pairs_areTaken_whileTheThreadIsBusy() throws Exception {
        var mailbox = new Mailbox();
        List<String> finished = new ArrayList<>();
        try (Torch torch = Torch.start(Torch.Target.CPU, 1);
                Learner first = learner("first", torch);
                Learner second = learner("second", torch);
                var steps =
                        new StepThread(
                                "test", mailbox, (learner, f) -> finished.add(learner.name()))) {
            offer(first, steps, Fixtures.BATCH); // its thread stands before the closed mailbox
            offer(second, steps, 2 * Fixtures.BATCH - 1);
            assertThat(second.pending()).hasSize(Fixtures.BATCH - 1);
            assertThat(second.moco().steps()).isZero();
            assertThat(finished).isEmpty();

            mailbox.open.countDown();
            mailbox.run();
            mailbox.run();
            assertThat(finished).containsExactly("first", "second");
            assertThat(second.moco().steps()).isEqualTo(1);
        }
    }

    @Test
    void step_thatFails_failsWhoeverHearsOfIt() throws Exception {
        var mailbox = new Mailbox();
        mailbox.open.countDown();
        try (Torch torch = Torch.start(Torch.Target.CPU, 1);
                var steps = new StepThread("test", mailbox, (learner, f) -> {})) {
            Learner freed = learner("freed", torch);
            freed.close();
            offer(freed, steps, Fixtures.BATCH);
            assertThatThrownBy(mailbox::run).isInstanceOf(IllegalStateException.class);

            Learner another = learner("another", torch);
            another.close();
            offer(another, steps, Fixtures.BATCH);
            assertThatThrownBy(() -> steps.finish(another))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private static Learner learner(String name, Torch torch) {
        TrainSettings settings = Fixtures.trainSettings(1);
        return new Learner(
                name,
                settings,
                Moco.create(settings.moco(), torch),
                LearnerState.nothing(CheckpointShape.of(settings.moco())));
    }

    private static void offer(Learner learner, StepThread steps, int pairs) {
        for (int sequence = 0; sequence < pairs; sequence++) {
            learner.offer(Fixtures.pair(sequence), () -> steps.start(learner));
        }
    }

    /** Takes mails when it is open, and keeps who brings one waiting until then. */
    private static final class Mailbox implements MailboxExecutor {

        private static final long SECONDS = 20;

        private final CountDownLatch open = new CountDownLatch(1);
        private final BlockingQueue<ThrowingRunnable<? extends Exception>> mails =
                new LinkedBlockingQueue<>();

        void run() throws Exception {
            requireNonNull(mails.poll(SECONDS, TimeUnit.SECONDS), "no mail came").run();
        }

        @Override
        public void execute(
                MailOptions options,
                ThrowingRunnable<? extends Exception> mail,
                String description,
                Object... words) {
            try {
                assertThat(open.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            mails.add(mail);
        }

        @Override
        public void yield() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean tryYield() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean shouldInterrupt() {
            return false;
        }
    }

    private static List<Long> steps(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness) {
        return harness.extractOutputValues().stream()
                .map(report -> report.progress().step())
                .toList();
    }

    private static void feed(
            KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness,
            long from,
            long to)
            throws Exception {
        for (long sequence = from; sequence < to; sequence++) {
            harness.processElement(Fixtures.pair(sequence), 0);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, ViewPair, StepReport> harness()
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new TrainOperator(Fixtures.trainSettings(1)), ViewPair::learner, Types.STRING);
    }
}
