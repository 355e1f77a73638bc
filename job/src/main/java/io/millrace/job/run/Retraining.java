package io.millrace.job.run;

import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.job.PretrainingJob;
import io.millrace.job.broker.DirectoryTree;
import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.WeightsFile;
import io.millrace.model.stream.Frame;
import io.millrace.model.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/**
 * Trains up to a published snapshot once more, from where its run began, and compares. An encoder
 * is not all of the state that training goes on from (there are the key encoder, the queue and the
 * optimiser), so nothing shorter than the whole way shows that the records and settings of the
 * manifest lead to these weights. Nothing is written to topics.
 */
public final class Retraining {

    private static final long POLL_MILLIS = 200;
    private static final long CANCEL_MINUTES = 1;

    private final Path snapshot;
    private final RecordedRun recorded;
    private final @Nullable String bootstrap;

    private Retraining(Path snapshot, RecordedRun recorded, @Nullable String bootstrap) {
        this.snapshot = snapshot;
        this.recorded = recorded;
        this.bootstrap = bootstrap;
    }

    /**
     * Of a snapshot whose files agree with its manifest.
     *
     * @param bootstrap brokers that hold its records; null for the run's own or those it names
     */
    public static Retraining of(Path snapshot, @Nullable String bootstrap) throws IOException {
        return new Retraining(snapshot, RecordedRun.of(snapshot), bootstrap);
    }

    /**
     * Trains.
     *
     * @param say told what is done
     * @return what came out otherwise than the manifest says, a line each; nothing if all is the
     *     same
     * @throws CommandFailure if the way there is not known any more
     */
    public List<String> differences(Consumer<String> say) throws Exception {
        ResolvedSettings resolved = recorded.settings();
        ReplayManifest range = recorded.range();
        Path work = Files.createTempDirectory("millrace-retrain");
        try (Session session = session();
                var directory = RunDirectory.open(work, Map.of("command", "retrain"))) {
            Settings settings =
                    resolved.settings().withBootstrap(session.connection().bootstrapServers());
            say.accept(
                    "%s: training again from %s to step %,d, over %,d offsets of %s in each epoch"
                            .formatted(
                                    snapshot,
                                    start(),
                                    recorded.step(),
                                    range.offsets(),
                                    range.topic()));
            // The job sets its own number of threads.
            Torch.start(Torch.Target.AUTO, 1).close();
            recorded.changes().forEach(change -> say.accept("note: " + change));
            var ends =
                    new PretrainingJob.Ends(
                            recorded.source(session),
                            List.of(),
                            new DiscardingSink<>(),
                            new RetrainedSink(work, description(resolved), recorded.step()));
            PretrainingJob job = new PretrainingJob(settings, ends).until(recorded.step());
            follow(LocalCluster.submit(settings, job, directory, Optional.empty()), work);
            return recorded.differences(retrained(work).orElseThrow());
        } finally {
            DirectoryTree.delete(work);
        }
    }

    private String start() {
        return recorded.parent().map(WeightsFile::path).orElse("random weights");
    }

    /** The run's directory, where the snapshot still lies in it, has its broker. */
    private Session session() {
        if (bootstrap != null) {
            return Session.at(bootstrap);
        }
        Path broker = snapshot.resolve("../../../broker").normalize();
        return Files.isDirectory(broker)
                ? Session.embedded(broker)
                : Session.at(recorded.bootstrap());
    }

    private static SnapshotDescription description(ResolvedSettings resolved) {
        var encoder = resolved.settings().learning().encoder();
        return new SnapshotDescription(
                encoder.architecture(),
                encoder.normalization(),
                resolved.settings().views().side(),
                resolved.asMap(),
                Versions.all());
    }

    /** Waits for the step, or the end of the job. */
    private void follow(JobClient job, Path work) throws Exception {
        Future<JobExecutionResult> result = job.getJobExecutionResult();
        while (!result.isDone()) {
            if (retrained(work).isPresent()) {
                job.cancel().get(CANCEL_MINUTES, TimeUnit.MINUTES);
                await(result, TimeUnit.MINUTES.toMillis(CANCEL_MINUTES));
                return;
            }
            await(result, POLL_MILLIS);
        }
        if (retrained(work).isPresent()) {
            return;
        }
        try {
            result.get();
        } catch (ExecutionException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new CommandFailure(
                    ExitCode.FAILURE, snapshot + ": training again failed: " + cause, e);
        }
        throw new CommandFailure(
                ExitCode.BAD_DATA,
                "%s: what its manifest says was read ends before step %,d"
                        .formatted(snapshot, recorded.step()));
    }

    private static void await(Future<JobExecutionResult> result, long millis)
            throws InterruptedException {
        try {
            result.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // A failure is looked at next; a job that was cancelled has one, too.
        }
    }

    private static Optional<Path> retrained(Path work) throws IOException {
        return new SnapshotDirectory(work).latest(Frame.DEFAULT_LEARNER);
    }
}
