package io.millrace.job.run;

import io.millrace.connectors.kafka.MissingTopicException;
import io.millrace.connectors.replay.LostOffsetsException;
import io.millrace.job.PretrainingJob;
import io.millrace.job.broker.DirectoryTree;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.settings.Settings;
import io.millrace.job.settings.StreamOptions;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the job on a cluster in this process: goes on from the directory's newest checkpoint,
 * shows progress, stops with a last checkpoint and snapshot when asked to, and sums up.
 */
public final class TrainingRun {

    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

    private static final long REFRESH_MILLIS = 500;
    private static final long STOP_MINUTES = 5;
    private static final int STOP_ATTEMPTS = 10;
    private static final long STOP_RETRY_SECONDS = 3;

    private final Settings settings;
    private final RunDirectory directory;
    private final RunDisplay display;

    /** A run by the settings, with everything it writes in the directory. */
    public TrainingRun(Settings settings, RunDirectory directory, RunDisplay display) {
        this.settings = settings;
        this.directory = directory;
        this.display = display;
    }

    /**
     * Runs until the input ends or somebody wants to stop.
     *
     * @param trained told now and then how many records have been trained on or set aside
     * @throws CommandFailure if the job fails, with the first cause
     */
    public RunSummary execute(PretrainingJob.Ends ends, LongConsumer trained) throws Exception {
        long began = System.currentTimeMillis();
        var checkpoint = directory.newestCheckpoint();
        checkpoint.ifPresent(path -> display.say("resuming from " + path));
        boolean completed;
        try (var interruption = Interruption.listen();
                var watch = watch()) {
            var graph = new PretrainingJob(settings, ends);
            JobClient job = LocalCluster.submit(settings, graph, directory, checkpoint);
            completed = follow(job, watch, interruption, trained);
        }
        RunSummary summary = RunSummary.of(directory, completed, began);
        directory.writeJson(directory.summary(), summary.values());
        if (completed) {
            // Flink leaves the checkpoint that a run was resumed from: nobody may resume from it.
            DirectoryTree.delete(directory.checkpoints());
        }
        return summary;
    }

    private ProgressWatch watch() {
        return new ProgressWatch(
                settings.kafka(),
                FrozenRange.read(directory.root()),
                settings.source().mode() == StreamOptions.Mode.LIVE);
    }

    private boolean follow(
            JobClient job, ProgressWatch watch, Interruption interruption, LongConsumer trained)
            throws Exception {
        // The cluster goes down with the job: afterwards only this still answers.
        Future<JobExecutionResult> result = job.getJobExecutionResult();
        while (!result.isDone()) {
            if (interruption.await(REFRESH_MILLIS)) {
                display.end();
                display.say("stopping with a last checkpoint and snapshot");
                return stop(job, result);
            }
            show(watch);
            trained.accept(watch.recordsTrained());
        }
        display.end();
        requireSuccess(result);
        return true;
    }

    /** A broker that is away for a while is no reason to end the training. */
    private void show(ProgressWatch watch) {
        try {
            watch.poll();
            display.show(watch, directory.newestCheckpoint());
        } catch (KafkaException e) {
            LOG.warn("No progress to show: {}", e.toString());
        }
    }

    /** Returns whether the job had come to its end just before. */
    private boolean stop(JobClient job, Future<JobExecutionResult> result) throws Exception {
        Exception last = new TimeoutException("no attempt was made");
        for (int attempt = 0; attempt < STOP_ATTEMPTS && !result.isDone(); attempt++) {
            try {
                String savepoint =
                        job.stopWithSavepoint(
                                        false,
                                        directory.checkpoints().toUri().toString(),
                                        SavepointFormatType.CANONICAL)
                                .get(STOP_MINUTES, TimeUnit.MINUTES);
                LOG.info("Stopped with {}.", savepoint);
                return false;
            } catch (ExecutionException | TimeoutException | IllegalStateException e) {
                // The job may have ended just before, or its tasks may still be starting.
                LOG.info("Stopping with a savepoint failed.", e);
                last = e;
                awaitAWhile(result);
            }
        }
        if (result.isDone()) {
            requireSuccess(result);
            return true;
        }
        job.cancel().get(STOP_MINUTES, TimeUnit.MINUTES);
        throw new CommandFailure(
                ExitCode.FAILURE,
                "stopping with a savepoint failed, so the job was cancelled; the same command goes"
                        + " on from the checkpoint before. The log says why",
                last);
    }

    private static void awaitAWhile(Future<JobExecutionResult> result) throws InterruptedException {
        try {
            result.get(STOP_RETRY_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("The job runs on, or has failed, which is looked at next.", e);
        }
    }

    private static void requireSuccess(Future<JobExecutionResult> result)
            throws InterruptedException {
        try {
            result.get();
        } catch (ExecutionException e) {
            throwIfCausedBy(e, LostOffsetsException.class);
            throwIfCausedBy(e, MissingTopicException.class);
            if (ExceptionUtils.findThrowable(e, UnknownTopicOrPartitionException.class)
                    .isPresent()) {
                throw new CommandFailure(
                        ExitCode.UNREACHABLE,
                        "the job failed: a topic that it uses has been deleted; the log names it",
                        e);
            }
            var gone = ExceptionUtils.findThrowable(e, OffsetOutOfRangeException.class);
            if (gone.isPresent()) {
                throw new CommandFailure(
                        ExitCode.BAD_DATA,
                        "the job failed: records that it would go on with have been deleted, by"
                                + " partition and offset: "
                                + gone.get().offsetOutOfRangePartitions()
                                + "; raise the topic's retention, or start anew with another"
                                + " --out, and with --init-from to keep the encoder",
                        e);
            }
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            String sentence = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            throw new CommandFailure(ExitCode.FAILURE, "the job failed: " + sentence, e);
        }
    }

    private static <E extends RuntimeException> void throwIfCausedBy(
            ExecutionException failure, Class<E> type) {
        var cause =
                ExceptionUtils.findSerializedThrowable(
                        failure, type, TrainingRun.class.getClassLoader());
        if (cause.isPresent()) {
            throw cause.get();
        }
    }
}
